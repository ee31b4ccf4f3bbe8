import assert from 'node:assert/strict';
import type { Dialect } from '../../../simulator/device/dialect.ts';
import { octetsOf } from '../../../simulator/server/messages.ts';
import { CHECK, client, COMMIT, COMMIT_INFORMATION, describeAe0, LOCK, router } from './scene.ts';

const CONFIGURATION =
  '<get-configuration format="text"><configuration><snmp/></configuration></get-configuration>';
const VRRP = '<get-vrrp-information><summary/></get-vrrp-information>';
const MISSING = 'set interfaces ae0 unit 7 family inet filter input NO-SUCH-FILTER';

const on = (dialect: Partial<Dialect>) => router({ options: { dialect } }).device;

/** The body of the reply to one request. */
const bodyOf = (dialect: Partial<Dialect>, rpc: string) => client(on(dialect)).ask(rpc);

describe('a router’s dialect', () => {
  it('leaves <routing-engine> open in the reply to a check and a commit, refused or not', async () => {
    const c = client(on({ routingEngine: 'open' }));
    assert.equal(await c.ask(CHECK), '<routing-engine>\n<name>re0</name>\n<commit-check-success/>\n<ok/>');
    assert.equal(await c.ask(COMMIT), '<routing-engine>\n<name>re0</name>\n<commit-success/>\n<ok/>');
    await c.set(MISSING);
    assert.match(await c.ask(CHECK), /^<routing-engine>\n<name>re0<\/name>\n<rpc-error>[^]*<\/rpc-error>$/);
  });

  it('writes errors and warnings as <xnm:error> and <xnm:warning> in replies to loads and checks', async () => {
    const c = client(on({ errors: 'xnm' }));
    const refused = await c.set('set interfaces ae0 nonsense 5');
    assert.match(refused, /<xnm:error [^]*<message>\n[^]*<load-error-count>1</);
    assert.doesNotMatch(refused, /rpc-error/);
    assert.match(
      await c.set('delete interfaces ae0 unit 9'),
      /<xnm:warning [^]*statement not found[^]*<ok\/>/,
    );
    await c.set(MISSING);
    const checked = await c.ask(CHECK);
    assert.match(checked, /<commit-results>\n<xnm:error [^]*<edit-path>\[edit interfaces ae0 unit 7/);
    assert.doesNotMatch(checked, /rpc-error/);
  });

  it('tells only how many errors a load has met', async () => {
    const c = client(on({ errors: 'count' }));
    assert.equal(
      await c.set(describeAe0('x'), 'set interfaces ae0 nonsense 5'),
      '<load-configuration-results>\n<load-error-count>1</load-error-count>\n</load-configuration-results>',
    );
  });

  it('puts <source-daemon> into <error-info>', async () => {
    const c = client(on({ sourceDaemon: 'inside' }));
    await c.set(MISSING);
    assert.match(await c.ask(CHECK), /<error-info>\n<source-daemon>/);
  });

  it('puts the VRRP groups of a port into one element', async () => {
    const c = client(on({ vrrpGroups: 'together' }));
    await c.set(
      ...[5, 6].flatMap((unit) => [
        `set interfaces ae0 unit ${unit} vlan-id ${unit}`,
        `set interfaces ae0 unit ${unit} apply-groups VPNGW1-VRRP`,
      ]),
    );
    await c.commit();
    const body = await c.ask(VRRP);
    assert.equal(body.match(/<vrrp-interface>/g)?.length, 1);
    assert.equal(body.match(/<physical-interface>\nae0\n<\/physical-interface>\n<unit>[56]</g)?.length, 2);
    assert.equal(body.match(/<group>/g)?.length, 2);
    assert.doesNotMatch(body, /<interface>/);
  });

  it('says in three ways that VRRP does not run', async () => {
    assert.match(await bodyOf({}, VRRP), /^<rpc-error>[^]*<error-severity>warning[^]*not running/);
    assert.match(await bodyOf({ vrrpIdle: 'output' }, VRRP), /^<output>\nvrrp subsystem not running/);
    assert.match(await bodyOf({ vrrpIdle: 'xnm' }, VRRP), /^<xnm:warning [^]*not running/);
  });

  it('shows nothing in three ways', async () => {
    assert.match(await bodyOf({}, CONFIGURATION), /^<configuration-text /);
    assert.equal(await bodyOf({ nothing: 'none' }, CONFIGURATION), '');
    assert.equal(await bodyOf({ nothing: 'ok' }, CONFIGURATION), '<ok/>');
  });

  it('wraps operational replies, and no others', async () => {
    const dialect = { wrapped: true };
    const wrapper = /^<multi-routing-engine-results>\n<multi-routing-engine-item>\n<re-name>re0</;
    for (const rpc of [VRRP, COMMIT_INFORMATION, '<get-system-uptime-information/>'])
      assert.match(await bodyOf(dialect, rpc), wrapper);
    for (const rpc of [CONFIGURATION, CHECK, LOCK]) assert.doesNotMatch(await bodyOf(dialect, rpc), wrapper);
  });

  it('has two comments on a confirmed commit', async () => {
    const c = client(on({ synchronizeComment: true }));
    await c.ok('<commit-configuration><confirmed/></commit-configuration>');
    assert.match(
      await c.ask(COMMIT_INFORMATION),
      /<comment>commit synchronize<\/comment>\n<comment>commit confirmed, rollback in 10mins<\/comment>/,
    );
  });

  it('writes logs of its own with what XML may not hold', async () => {
    for (const [logs, octets] of [
      ['latin-1', Buffer.from('<log>Zur\xfcck</log>', 'latin1')],
      ['control', Buffer.from('<log>back&#8;</log>')],
      ['wildcard', Buffer.from('<log>unit <*> as before</log>')],
    ] as const)
      assert.ok(octetsOf(await bodyOf({ logs }, COMMIT_INFORMATION)).includes(octets), logs);
    assert.doesNotMatch(await bodyOf({}, COMMIT_INFORMATION), /<log>/);
  });

  it('is that of NETCONF only', async () => {
    const operator = client(on({ routingEngine: 'open', wrapped: true }), 'alice', 'cli');
    assert.match(await operator.ok(CHECK), /^<commit-results>/);
    assert.match(await operator.ask(VRRP), /^<rpc-error>/);
  });

  it('keeps characters beyond the first plane when octets are made of a reply', () => {
    assert.deepEqual(octetsOf('é\u{100ff}'), Buffer.from('é\u{100ff}'));
  });
});

describe('an interface-specific filter', () => {
  const ask = (name: string) =>
    `<get-firewall-filter-information><filtername>${name}</filtername></get-firewall-filter-information>`;

  it('has an instance where it is applied, in each direction, and no counters of its own', async () => {
    const c = client(on({}));
    await c.set(
      'set firewall family inet filter RATE interface-specific',
      'set firewall family inet filter RATE term all then count packets',
      'set interfaces ge-0/0/1 unit 4000 family inet filter input RATE',
      'set interfaces ge-0/0/1 unit 4000 family inet filter output-list [ INET_OUT RATE ]',
    );
    await c.commit();
    assert.deepEqual(await c.errors(ask('RATE')), ['filter RATE not found']);
    for (const ending of ['-ge-0/0/1.4000-i', '-ge-0/0/1.4000-o']) {
      assert.match(await c.ok(ask(`RATE${ending}`)), new RegExp(`<counter-name>\npackets${ending}\n<`));
      await c.ok(
        `<get-firewall-counter-information><countername>packets${ending}</countername><filter>RATE${ending}</filter></get-firewall-counter-information>`,
      );
    }
    assert.match(
      await c.ok('<get-firewall-information/>'),
      /RATE-ge-0\/0\/1\.4000-i[^]*RATE-ge-0\/0\/1\.4000-o/,
    );
  });

  it('may be every filter, and one that is applied nowhere is on the first unit', async () => {
    const c = client(on({ interfaceSpecific: 'all' }));
    await c.errors(ask('INET_IN'));
    await c.ok(ask('INET_IN-ge-0/0/1.4000-i'));
  });
});
