import assert from 'node:assert/strict';
import { CODED_FAILURES, FAILURE_FORM } from '../../gateway/failure-form.ts';
import { CREATE_GATEWAY, PROGRESS_QUERY, TASK_QUEUE } from '../../gateway/messages.ts';
import { oneLine } from '../../gateway/display.ts';
import { stepOf } from '../../gateway/outcomes.ts';
import { workflowIdOf } from '../../gateway/resource.ts';

describe('what other programs know by its name', () => {
  it('stays as it is: task queue, workflow, query and the id of a gateway’s workflow', () => {
    assert.deepEqual([TASK_QUEUE, CREATE_GATEWAY, PROGRESS_QUERY], ['gateways', 'createGateway', 'progress']);
    assert.equal(workflowIdOf({ resourceType: 'vpn_gateway', resourceId: '4fab' }), 'vpn_gateway:4fab');
  });

  it('tells the two forms of failures apart in the text of a bundle', () => {
    assert.deepEqual([FAILURE_FORM, CODED_FAILURES], ['failures:clear', 'failures:coded']);
  });
});

describe('a step', () => {
  it('takes its gateway and its run, and nothing else, into the history', () => {
    const gateway = { resourceType: 'vpn_gateway', resourceId: '4fab', version: 1 };
    const input = { gateway, run: 'run-1', password: 'canary' };
    assert.deepEqual(stepOf(input), { gateway, run: 'run-1' });
  });
});

describe('an error for a person', () => {
  it('has at most 500 characters, and is cut with an ellipsis only if it has more', () => {
    assert.equal(oneLine('x'.repeat(500)), 'x'.repeat(500));
    assert.equal(oneLine('x'.repeat(501)), `${'x'.repeat(499)}…`);
  });
});
