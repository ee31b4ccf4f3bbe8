import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { workflowBundle } from '../../local/workflow-bundle.ts';
import { withCodedFailures } from '../../worker/workflows.ts';

describe('the bundle of the workflows, for a worker with a codec', () => {
  it('is the same but for one word', async () => {
    const code = await readFile(await workflowBundle(), 'utf8');
    const coded = withCodedFailures(code);
    assert.equal(coded.length, code.length);
    assert.equal(coded.replace('failures:coded', 'failures:clear'), code);
    assert.notEqual(coded, code);
  });

  it('is refused when it could show failures in clear', () => {
    for (const code of ['made before there were codecs', 'failures:clear failures:clear', 'failures:coded'])
      assert.throws(() => withCodedFailures(code), /made without the converter of failures/);
  });
});
