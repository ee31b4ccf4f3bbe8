import assert from 'node:assert/strict';
import { checkPolicy } from '../../gateway/check-policy.ts';
import { DEFAULT_POLICY } from '../../gateway/policies.ts';
import { schemaNamed } from '../command/json-output.ts';
import { isValid } from '../templates/json-schema.ts';

describe('the JSON Schema of a policy', () => {
  const schema = schemaNamed('policy');

  it('takes the default policy, an empty one, and one that names its schema', () => {
    for (const policy of [DEFAULT_POLICY, {}, { $schema: './policy.json' }, { watch: {} }])
      assert.ok(isValid(policy, schema), JSON.stringify(policy));
  });

  /** What a policy is refused for that no schema can tell: how its times fit each other. */
  const isAboutTimes = (message: string) => /: expected at (?:most|least) /.test(message);
  const isRefused = (policy: Record<string, unknown>): boolean => {
    try {
      checkPolicy(policy);
      return false;
    } catch (error) {
      return !isAboutTimes((error as Error).message);
    }
  };

  it('refuses what a worker refuses, and nothing else, but for times that do not fit', () => {
    const values = [
      0,
      -1,
      1,
      1.5,
      60_000,
      '60000',
      true,
      null,
      [],
      {},
      { '*': 'never' },
      { '*': 'auto' },
      { a: 1 },
    ];
    const fields = [...Object.keys(DEFAULT_POLICY), 'unknown'];
    const cases = [
      ...fields.flatMap((field) => values.map((value) => ({ [field]: value }))),
      ...[...Object.keys(DEFAULT_POLICY.watch), 'unknown'].flatMap((field) =>
        values.map((value) => ({ watch: { [field]: value } })),
      ),
    ];
    const odd = cases.filter((policy) => isRefused(policy) === isValid(policy, schema));
    assert.deepEqual(odd, []);
  });
});
