import assert from 'node:assert/strict';
import { candidate, clientWithTwoUnits } from './configs.ts';
import { texts } from './scene.ts';

describe('loading set commands', () => {
  it('inserts a term before another', async () => {
    const c = clientWithTwoUnits();
    await c.set(
      'set firewall family inet filter F term c then discard',
      'insert firewall family inet filter F term c before term b',
    );
    assert.deepEqual(
      [...(await candidate(c)).matchAll(/term (\w)/g)].map((m) => m[1]),
      ['a', 'c', 'b'],
    );
    await c.set('insert firewall family inet filter F term a after term b');
    assert.deepEqual(
      [...(await candidate(c)).matchAll(/term (\w)/g)].map((m) => m[1]),
      ['c', 'b', 'a'],
    );
  });

  it('refuses to insert a term before one that does not exist', async () => {
    const c = clientWithTwoUnits();
    const reply = await c.set('insert firewall family inet filter F term a before term z');
    assert.deepEqual(texts(reply, 'error-severity'), ['error']);
    assert.equal(await c.compare(), '');
  });

  it('moves a value of an ordered list', async () => {
    const c = clientWithTwoUnits();
    await c.set(
      'set interfaces ae0 unit 1 apply-groups [ A B ]',
      'insert interfaces ae0 unit 1 apply-groups B before A',
    );
    assert.match(await candidate(c), /apply-groups B\n.*apply-groups A/);
  });

  it('deletes one value of a list, and the list with its last value', async () => {
    const c = clientWithTwoUnits();
    await c.set(
      'set interfaces ae0 unit 1 apply-groups [ A B ]',
      'delete interfaces ae0 unit 1 apply-groups A',
    );
    assert.match(await candidate(c), /apply-groups B/);
    await c.set('delete interfaces ae0 unit 1 apply-groups B');
    assert.equal(await c.compare(), '');
  });

  it('warns when a statement to delete or deactivate does not exist, and creates nothing', async () => {
    const c = clientWithTwoUnits();
    const reply = await c.set(
      'delete interfaces ae0 unit 9 description',
      'deactivate interfaces ae0 unit 9',
      'delete interfaces ae0 unit 1 description other',
    );
    assert.deepEqual(texts(reply, 'error-severity'), ['warning', 'warning', 'warning']);
    assert.equal(await c.compare(), '');
  });

  it('deactivates and activates', async () => {
    const c = clientWithTwoUnits();
    await c.set('deactivate interfaces ae0 unit 1 description');
    assert.equal(await c.compare(), '[edit interfaces ae0 unit 1]\n!    inactive: description one;\n');
    await c.set('activate interfaces ae0 unit 1 description');
    assert.equal(await c.compare(), '');
  });

  it('removes a block without a name when it becomes empty', async () => {
    const c = clientWithTwoUnits();
    await c.set('set interfaces ae0 unit 1 family inet filter input F');
    await c.set('delete interfaces ae0 unit 1 family inet filter input');
    assert.equal(await c.compare(), '');
  });

  for (const line of [
    'gibberish interfaces',
    'set',
    'set interfaces ae0 unit',
    'set interfaces ae0 {',
    'insert before term b',
  ]) {
    it(`refuses "${line}", and carries out the lines around it`, async () => {
      const c = clientWithTwoUnits();
      const reply = await c.set('set interfaces ae0 mtu 9000', line, 'set interfaces ae0 unit 1 disable');
      assert.deepEqual(texts(reply, 'load-error-count'), ['1']);
      assert.equal(
        await c.compare(),
        '[edit interfaces ae0]\n+   mtu 9000;\n[edit interfaces ae0 unit 1]\n+    disable;\n',
      );
    });
  }
});
