import assert from 'node:assert/strict';
import { changedLines, progressLines } from '../../command/progress-view.ts';
import { drawn, drawOptionsOf } from '../../command/style.ts';
import type { Progress, StepProgress } from '../../gateway/messages.ts';

const COLORS = new RegExp(`${String.fromCharCode(27)}\\[[0-9]+m`, 'g');
const START = Date.parse('2026-01-01T00:00:00.000Z');
const at = (milliseconds: number) => new Date(START + milliseconds).toISOString();
const done = (step: StepProgress['step'], from: number, until: number, note?: string): StepProgress => ({
  step,
  status: 'done',
  since: at(from),
  until: at(until),
  ...(note !== undefined && { note }),
});
const apply: StepProgress = { step: 'apply', status: 'running', since: at(100), waitingFor: 'MX-1, MX-2' };
const running: Progress = {
  gateway: { resourceType: 'vpn_gateway', resourceId: '4fab', version: 1 },
  name: 'sample',
  steps: [done('plan', 0, 100), apply],
  outcome: 'running',
};
const plain = { now: START + 3_300, color: false };

describe('progress as lines', () => {
  it('has a head and a line per step, with its time and who is waited for', () => {
    assert.deepEqual(progressLines([running], plain), [
      'vpn_gateway 4fab version 1 sample',
      '  ✓ plan                0.1 s',
      '  ⠸ apply               3.2 s  waits for MX-1, MX-2',
    ]);
  });

  it('says from which version an update leads to which, and what a deletion deletes', () => {
    const headOf = (facts: Partial<Progress>) =>
      progressLines([{ ...running, gateway: { ...running.gateway, version: 3 }, ...facts }], plain)[0];
    assert.equal(headOf({ action: 'create' }), 'vpn_gateway 4fab version 3 sample');
    assert.equal(headOf({ action: 'update', standing: 2 }), 'vpn_gateway 4fab version 2 → 3 sample');
    assert.equal(
      headOf({ action: 'delete', standing: 2, outcome: 'deleted' }),
      'vpn_gateway 4fab version 3, deletion of version 2 sample deleted',
    );
  });

  it('has marks of ASCII where the locale has no others', () => {
    for (const env of [{ LC_ALL: 'C' }, { LC_CTYPE: 'POSIX', LANG: 'de_DE.UTF-8' }, { LANG: 'en_US' }]) {
      const drawOptions = drawOptionsOf({ write: () => {} }, env);
      assert.deepEqual(progressLines([running], { ...plain, ...drawOptions }), [
        'vpn_gateway 4fab version 1 sample',
        '  + plan                0.1 s',
        '  \\ apply               3.2 s  waits for MX-1, MX-2',
      ]);
      assert.equal(drawn([['plain', 'a long line…']], { ...drawOptions, columns: 6 }), 'a lon~');
    }
    for (const env of [{}, { LC_ALL: '' }, { LC_ALL: 'C.UTF-8' }, { LC_ALL: 'en_US.utf8', LANG: 'C' }])
      assert.match(
        progressLines([running], { ...plain, ...drawOptionsOf({ write: () => {} }, env) })[1] ?? '',
        /✓/,
      );
  });

  it('is not cut to the width of a terminal that says 0: it does not know it', () => {
    const drawOptions = drawOptionsOf({ write: () => {}, isTTY: true, columns: 0 }, {});
    assert.equal(drawOptions.columns, undefined);
    assert.deepEqual(
      progressLines([running], { ...plain, ...drawOptions, color: false }),
      progressLines([running], plain),
    );
    assert.equal(drawOptionsOf({ write: () => {}, columns: 40 }, {}).columns, 40);
  });

  it('says that nobody has taken it up', () => {
    const blank: Progress = {
      ...running,
      gateway: { ...running.gateway, version: null },
      name: null,
      steps: [],
    };
    assert.deepEqual(progressLines([blank], { ...plain, now: 0 }), [
      'vpn_gateway 4fab',
      '  ⠋ waits for a worker to take it up',
    ]);
  });

  it('shows notes, failures and the outcome', () => {
    const failed: Progress = {
      ...running,
      steps: [
        { step: 'poll primary', status: 'failed', since: at(0), until: at(60_000) },
        done('revert', 60_000, 165_000, 'MX-1: removed'),
        apply,
      ],
      outcome: 'failed',
      error: 'MX-1: INIT',
    };
    assert.deepEqual(progressLines([failed], { ...plain, now: START + 170_000 }), [
      'vpn_gateway 4fab version 1 sample failed',
      '  ✗ poll primary       60.0 s',
      '  ✓ revert              105 s  MX-1: removed',
      '  · apply               170 s  waits for MX-1, MX-2',
    ]);
  });

  it('never shows a time below nothing when the clocks differ', () => {
    assert.match(progressLines([running], { ...plain, now: START - 5_000 })[2] ?? '', / 0\.0 s/);
  });

  it('shows the outcome on a narrow terminal, and cuts the name before it', () => {
    const created: Progress = { ...running, name: 'a-name-that-is-rather-long', outcome: 'created' };
    const [whole = ''] = progressLines([created], plain);
    assert.match(whole, / a-name-that-is-rather-long created$/);
    for (const columns of [whole.length - 1, whole.length - 15]) {
      const [head = ''] = progressLines([created], { ...plain, columns });
      assert.match(head, / a-name[a-z-]*… created$/);
      assert.equal(head.length, columns);
    }
  });

  it('shows the outcome however narrow the terminal is, and never more than its width', () => {
    const deleted: Progress = {
      ...running,
      gateway: { ...running.gateway, resourceId: '4fab887d-8f73-40e6-b2d8-2426255231bf', version: 3 },
      action: 'delete',
      standing: 2,
      outcome: 'deleted',
    };
    for (const columns of [80, 60, 40, 20]) {
      const [head = ''] = progressLines([deleted], { ...plain, columns });
      assert.match(head, /… deleted$/);
      assert.equal(head.length, columns);
    }
  });

  it('counts two columns for a wide character, and none for a mark on another', () => {
    const [head = ''] = progressLines([{ ...running, name: '東京-01' }], { ...plain, columns: 30 });
    assert.equal(head, 'vpn_gateway 4fab version 1 東…');
    assert.equal(drawn([['plain', 'Zu\u0308rich']], { color: false, columns: 6 }), 'Zu\u0308rich');
    assert.equal(
      drawn(
        [
          ['plain', 'ab'],
          ['plain', 'c'],
        ],
        { color: false, columns: 0 },
      ),
      '',
    );
    const created: Progress = { ...running, name: '東京', outcome: 'created' };
    assert.equal(
      progressLines([created], { ...plain, columns: 38 })[0],
      'vpn_gateway 4fab version 1 東… created',
    );
  });

  it('is cut to the width, colours not counted', () => {
    const narrow = { ...plain, columns: 30 };
    const lines = progressLines([running], narrow);
    assert.deepEqual(
      lines.map((line) => line.length),
      [30, 29, 29, 26],
    );
    assert.equal(lines[3], '      waits for MX-1, MX-2');
    const colored = progressLines([running], { ...narrow, color: true });
    assert.deepEqual(
      colored.map((line) => line.replaceAll(COLORS, '')),
      lines,
    );
    assert.notDeepEqual(colored, lines);
  });

  it('begins with the cause of a wait, and cuts nothing of it off, however narrow the terminal is', () => {
    const blockedBy = `MX-2 is held for maintenance: ${'new line card '.repeat(8).trim()} (alice@jump-host, since 2026-01-01T00:00:00.000Z)`;
    const held = { ...apply, waitingFor: 'MX-1, MX-2; in a batch of 1 (reserving)', blockedBy };
    const all = `blocked: ${blockedBy}; waits for MX-1, MX-2; in a batch of 1 (reserving)`;
    for (const columns of [80, 40]) {
      const [, , step = '', ...below] = progressLines([{ ...running, steps: [done('plan', 0, 1), held] }], {
        ...plain,
        columns,
      });
      assert.equal(step, '  ⠸ apply               3.2 s');
      assert.equal(below.map((line) => line.trim()).join(' '), all);
      for (const line of below) assert.ok(line.length <= columns && line.startsWith('      '), line);
    }
    const [, , whole] = progressLines([{ ...running, steps: [done('plan', 0, 1), held] }], plain);
    assert.equal(whole, `  ⠸ apply               3.2 s  ${all}`);
  });

  it('lets no control character through', () => {
    const hostile = '\u001b[2J\n\u009bH\u202e';
    const lines = progressLines(
      [{ ...running, name: hostile, steps: [{ ...apply, waitingFor: hostile, note: hostile }] }],
      plain,
    );
    assert.doesNotMatch(lines.join(''), /[\p{Cc}\p{Cf}]/u);
  });
});

describe('changes of progress as lines', () => {
  it('tell of what holds it when that changes, and of the place in the queue only then', () => {
    const at = (place: string, blockedBy?: string): Progress => ({
      ...running,
      steps: [
        { ...apply, waitingFor: `MX-1, MX-2; ${place}`, ...(blockedBy !== undefined && { blockedBy }) },
      ],
    });
    const blocked = at('number 1 of 2', 'alice');
    assert.deepEqual(changedLines(at('number 1 of 3'), at('number 1 of 2')), []);
    assert.deepEqual(changedLines(at('number 1 of 3'), blocked), [
      'vpn_gateway 4fab: apply blocked: alice; waits for MX-1, MX-2; number 1 of 2',
    ]);
    assert.deepEqual(changedLines(blocked, at('number 1 of 1', 'alice')), []);
    assert.deepEqual(changedLines(blocked, at('number 1 of 1')), ['vpn_gateway 4fab: apply goes on']);
  });

  it('tell of what began and ended since, once', () => {
    const next: Progress = {
      ...running,
      steps: [
        done('plan', 0, 100),
        done('apply', 100, 6_200),
        { step: 'record', status: 'running', since: at(6_200), waitingFor: 'etcd' },
      ],
    };
    assert.deepEqual(changedLines(null, running), [
      'vpn_gateway 4fab: plan done after 0.1 s',
      'vpn_gateway 4fab: apply begins, waits for MX-1, MX-2',
    ]);
    assert.deepEqual(changedLines(running, next), [
      'vpn_gateway 4fab: apply done after 6.1 s',
      'vpn_gateway 4fab: record begins, waits for etcd',
    ]);
    assert.deepEqual(changedLines(next, next), []);
  });
});
