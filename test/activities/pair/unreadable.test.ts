import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { FaultOutcome } from '../../../simulator/device/faults.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { carries } from './router-facts.ts';
import { ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { oddOneOfThree, useScene } from './use-scene.ts';

/** What the first router may print in place of `unit 5 { … }`, and whether that is still configuration text. */
const PRINTED: Readonly<Record<string, { readonly of: (unit: string) => string; readonly isText: boolean }>> =
  {
    'two tags before the statement': { of: (unit) => `inactive: protect: ${unit} { mtu 9; }`, isText: true },
    'the same tags the other way round': {
      of: (unit) => `protect: inactive: ${unit} { mtu 9; }`,
      isText: true,
    },
    'a comment in place of the content': { of: (unit) => `${unit} { /* OMITTED */ };`, isText: true },
    'a comment that ends as a statement': { of: (unit) => `/* note */; ${unit} { mtu 9; }`, isText: true },
    'no semicolons': { of: (unit) => `${unit} {\nmtu 9\nvlan-id 9\n}`, isText: true },
    'a string that does not end': { of: (unit) => `${unit} { description "x; }`, isText: false },
    'a list that does not end': { of: (unit) => `${unit} { vlan-id-list [ 9; }`, isText: false },
  };
const BROKEN = 'x [ "';

type Rewriting = Extract<FaultOutcome, { readonly kind: 'rewrite' }>['by'];

describe('a router that prints one member’s stanza in an unusual way', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let members: PairMember[];
  let odd: PairMember;
  let others: PairMember[];
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    ({ members, odd, others, reservation } = await oddOneOfThree(scene));
  });

  /** The unit that the member owns, as `unit 123`. */
  function unitOf(member: PairMember): string {
    const [path = []] = ownedOn(member, scene.one.id);
    return path.slice(2).join(' ');
  }

  const stanza = () => `"interfaces ge-0/0/1 ${unitOf(odd)}"`;

  /** From now on the router sends its configuration, and its diffs, as `by` rewrites them. */
  function rewriting(by: Rewriting): void {
    const outcome = { kind: 'rewrite', by } as const;
    scene.one.device.faults.add({ rpc: 'get-configuration', times: Infinity, outcome });
  }

  const isDiff = (body: string) => body.includes('configuration-output');

  function printing(of: (unit: string) => string): void {
    const unit = unitOf(odd);
    const whole = new RegExp(`(?:inactive: )?${unit} \\{[^{}]*\\}`);
    rewriting((body) => (isDiff(body) ? body : body.replace(whole, () => of(unit))));
  }

  /** Whatever stands on the router, what the router prints for this one member can't be read. */
  function neverReadable(): void {
    const name = unitOf(odd).replace('unit ', '');
    rewriting((body, operation) =>
      isDiff(body) || !JSON.stringify(operation).includes(`"text":"${name}"`)
        ? body
        : body.replace('</configuration-text>', `${BROKEN}</configuration-text>`),
    );
  }

  function unreadableDiffs(): void {
    rewriting((body) =>
      isDiff(body) && body.includes(unitOf(odd))
        ? body.replace('</configuration-output>', `+ ${BROKEN}</configuration-output>`)
        : body,
    );
  }

  async function standsThere(): Promise<void> {
    const operator = client(scene.one.device);
    await operator.set(`set interfaces ge-0/0/1 ${unitOf(odd)} description somebodys`);
    await operator.ok(COMMIT);
    operator.session.close();
  }

  const namesOf = (some: readonly { readonly member: PairMember }[]) => some.map(({ member }) => member);

  for (const [what, { of, isText }] of Object.entries(PRINTED)) {
    it(`refuses that member alone, with router and stanza, where it stood before: ${what}`, async () => {
      await standsThere();
      printing(of);
      const outcome = await scene.apply(reservation, members);
      assert.deepEqual(outcome.applied, others);
      assert.deepEqual(namesOf(outcome.refused), [odd]);
      const [refused] = outcome.refused;
      assert.equal(refused?.type, FAILURES.Conflict);
      const why = isText
        ? ' is configured there already, by somebody else'
        : " can't be read \\(line \\d+, column \\d+: ";
      assert.match(refused?.reason ?? '', new RegExp(`^MX-1: ${stanza()}${why}`));
      assert.deepEqual(outcome.toRevert, []);
      assert.equal(carries(scene.other, odd), false);
      scene.one.device.faults.clear();
      await scene.settle(reservation, { revert: others });
    });

    it(`settles the whole batch where it is printed so after the commit: ${what}`, async () => {
      assert.deepEqual((await scene.apply(reservation, members)).applied, members);
      printing(of);
      const outcome = await scene.settle(reservation, { confirm: members });
      if (isText) {
        assert.deepEqual(outcome, { kept: members, fellBack: [], reverted: [] });
        return;
      }
      assert.deepEqual(outcome.kept, others);
      assert.deepEqual(namesOf(outcome.reverted), [odd]);
      const [reverted] = outcome.reverted;
      assert.ok(reverted?.reason?.startsWith(`MX-1: ${stanza()} can't be read (`), String(reverted?.reason));
      // The stanza was deleted unread, as if somebody had changed it, and the look found it gone.
      assert.deepEqual(reverted?.owedOn, []);
      for (const router of scene.routers) assert.equal(carries(router, odd), false);
    });

    it(`reverts the whole batch where it is printed so after the commit: ${what}`, async () => {
      assert.deepEqual((await scene.apply(reservation, members)).applied, members);
      printing(of);
      const outcome = await scene.settle(reservation, { revert: members });
      assert.deepEqual(namesOf(outcome.reverted), members);
      for (const { owedOn } of outcome.reverted) assert.deepEqual(owedOn, []);
      for (const router of scene.routers)
        for (const member of members) assert.equal(carries(router, member), false);
    });
  }

  for (const verdict of ['confirm', 'revert'] as const) {
    it(`owes a revert that it can't see, and settles the others: to ${verdict}`, async () => {
      assert.deepEqual((await scene.apply(reservation, members)).applied, members);
      neverReadable();
      const outcome = await scene.settle(reservation, { [verdict]: members });
      assert.deepEqual(outcome.kept, verdict === 'confirm' ? others : []);
      const owing = outcome.reverted.filter(({ owedOn }) => owedOn.length > 0);
      assert.deepEqual(namesOf(owing), [odd]);
      assert.deepEqual(owing[0]?.owedOn, ['MX-1']);
      assert.match(owing[0]?.reason ?? '', /MX-1: "interfaces ge-0\/0\/1 unit \d+" can't be read \(/);
      const { owedChanges } = await scene.deps.store.router(scene.one.id);
      assert.deepEqual(
        owedChanges.map(({ gateway }) => gateway),
        [odd.gateway],
      );
      assert.match(owedChanges[0]?.reason ?? '', /can't be read/);
    });
  }

  it('goes on with the next batch while an owed change can’t be read, and pays it once it can', async () => {
    assert.deepEqual((await scene.apply(reservation, members)).applied, members);
    neverReadable();
    await scene.settle(reservation, { confirm: members });
    const owed = async () => (await scene.deps.store.router(scene.one.id)).owedChanges.length;
    assert.equal(await owed(), 1);
    const [next] = (await scene.gateways(1)) as [PairMember];
    const later = await scene.reservation();
    assert.deepEqual((await scene.apply(later, [next])).applied, [next]);
    assert.equal(await owed(), 1);
    scene.one.device.faults.clear();
    await scene.settle(later, { confirm: [next] });
    assert.equal((await scene.apply(await scene.reservation(), await scene.gateways(1))).applied.length, 1);
    assert.equal(await owed(), 0);
  });

  it('refuses the member whose part of the candidate’s diff can’t be read, and applies the others', async () => {
    unreadableDiffs();
    const outcome = await scene.apply(reservation, members);
    assert.deepEqual(outcome.applied, others);
    assert.deepEqual(namesOf(outcome.refused), [odd]);
    assert.equal(outcome.refused[0]?.type, FAILURES.OutsideOwnership);
    assert.match(
      outcome.refused[0]?.reason ?? '',
      /^MX-1: the candidate's diff: .* can't be read \(diff, line/,
    );
    scene.one.device.faults.clear();
    await scene.settle(reservation, { revert: others });
  });

  it('owes the revert whose diff can’t be read, and reverts the others', async () => {
    assert.deepEqual((await scene.apply(reservation, members)).applied, members);
    unreadableDiffs();
    const { reverted } = await scene.settle(reservation, { revert: members });
    const owing = reverted.filter(({ owedOn }) => owedOn.length > 0);
    assert.deepEqual(namesOf(owing), [odd]);
    assert.match(owing[0]?.reason ?? '', /can't be read \(diff, line/);
    for (const member of others) assert.equal(carries(scene.one, member), false);
  });
});
