/** Replies in the shapes that routers really send, where these are not the documented ones. */
import assert from 'node:assert/strict';
import { ProtocolError, RpcFailedError } from '../../netconf/errors.ts';
import {
  check,
  commit,
  allFilters,
  commitInformation,
  compareWithRunning,
  countersIn,
  filterCounters,
  getConfiguration,
  interfaceTerse,
  loadSet,
  loadText,
  lock,
  vrrpInterface,
  vrrpSummary,
} from '../../netconf/operations.ts';
import { readXml } from '../../netconf/xml-reader.ts';
import { descendants, XmlError } from '../../netconf/xml.ts';
import { reading } from './reading-replies.ts';

const NOT_RUNNING = 'vrrp subsystem not running - not needed by configuration.';

const failure = (read: () => unknown): RpcFailedError => {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof RpcFailedError, String(error));
    return error;
  }
  return assert.fail('expected a refusal');
};

describe('a reply with a <routing-engine> that is left open', () => {
  const open = (name: string, inside: string) => `<routing-engine><name>${name}</name>${inside}`;
  const refusal =
    '<rpc-error><error-severity>error</error-severity><error-message>no such filter</error-message></rpc-error>';

  for (const end of ['<nc:ok/>', '<ok/>', ''])
    it(`is a success if it holds one, with ${end === '' ? 'nothing' : end} behind it`, () => {
      void reading(check(), `${open('node1', '<commit-check-success/>')}${end}`);
      void reading(commit({ log: '' }), `${open('node1', '<commit-success/>')}${end}`);
      void reading(
        commit({ log: '' }),
        `<commit-results>${open('node1', '<commit-success/>')}${end}</commit-results>`,
      );
    });

  it('is a refusal if it holds an error', () => {
    const { errors } = failure(() => reading(check(), open('node1', refusal)));
    assert.equal(errors[0]?.message, 'no such filter');
  });

  it('may hold two of them in a row, each with its own content', () => {
    const both = `${open('node0', '<commit-check-success/>')}${open('node1', '<commit-check-success/>')}<ok/>`;
    void reading(check(), both);
    const reply = readXml(`<rpc-reply><commit-results>${both}</commit-results></rpc-reply>`);
    assert.deepEqual(
      reply.children[0]?.children.map(({ name, children }) => [name, children.map((inner) => inner.name)]),
      [
        ['routing-engine', ['name', 'commit-check-success']],
        ['routing-engine', ['name', 'commit-check-success']],
        ['ok', []],
      ],
    );
    const closed = `${open('node0', '<commit-success/>')}${open('node1', '<commit-success/>')}</routing-engine>`;
    assert.equal(descendants(readXml(`<rpc-reply>${closed}</rpc-reply>`), 'routing-engine').length, 2);
    failure(() => reading(commit({ log: '' }), `${open('a', '<commit-success/>')}${open('b', refusal)}`));
  });

  const refused: readonly [what: string, text: string][] = [
    ['it holds neither success nor error', open('node1', '')],
    ['only the one within it holds a success', open('a', open('b', '<commit-success/>'))],
    ['another element is left open, too', open('node1', '<commit-success/><details>')],
    ['another element is left open', '<commit-results><commit-success/>'],
  ];
  for (const [what, text] of refused)
    it(`is refused if ${what}`, () => assert.throws(() => reading(check(), text), XmlError));

  it('is refused if it is cut short', () => {
    assert.throws(() => readXml('<rpc-reply><routing-engine><commit-success/>'), XmlError);
    assert.throws(() => readXml('<routing-engine><commit-success/></rpc-reply>'), XmlError);
  });
});

describe('xnm:error and xnm:warning', () => {
  const xnm = (kind: 'error' | 'warning', message: string, more = '') =>
    `<xnm:${kind} xmlns:xnm="http://example.net/xnm">${more}<message>\n${message}\n</message></xnm:${kind}>`;
  const path = '<edit-path>[edit interfaces ae0]</edit-path>';

  for (const operation of [loadText(''), loadSet([])])
    it(`refuse or warn in reply to ${operation.name}`, () => {
      const results = (inside: string) =>
        `<load-configuration-results>${inside}</load-configuration-results>`;
      const { errors, message } = failure(() =>
        reading(
          operation,
          results(
            `${xnm('error', 'syntax error', `${path}<token>ae</token>`)}<load-error-count>1</load-error-count><ok/>`,
          ),
        ),
      );
      assert.deepEqual(errors, [
        { severity: 'error', path: '[edit interfaces ae0]', message: 'syntax error', badElement: 'ae' },
      ]);
      assert.match(message, /was refused: syntax error \[edit interfaces ae0\] near "ae"$/);
      const { warnings } = reading(operation, results(`${xnm('warning', 'statement not found')}<ok/>`));
      assert.deepEqual(warnings, [{ severity: 'warning', message: 'statement not found' }]);
    });

  it('refuse a check and a commit at any depth, beside the success of another routing engine', () => {
    const results = (success: string) =>
      `<commit-results><routing-engine><name>re0</name>${success}</routing-engine><routing-engine><name>re1</name>${xnm('error', 'no such filter', path)}</routing-engine></commit-results>`;
    for (const [operation, success] of [
      [check(), '<commit-check-success/>'],
      [commit({ log: '' }), '<commit-success/>'],
    ] as const) {
      const { errors } = failure(() => reading(operation, results(success)));
      assert.deepEqual(errors, [
        { severity: 'error', path: '[edit interfaces ae0]', message: 'no such filter' },
      ]);
    }
  });

  it('count without any words, too', () => {
    failure(() =>
      reading(loadText(''), '<load-configuration-results><xnm:error/></load-configuration-results>'),
    );
  });

  it('are told by their number alone, if the router says no more', () => {
    const counted = (count: string) =>
      `<load-configuration-results><load-error-count>${count}</load-error-count><ok/></load-configuration-results>`;
    const { message } = failure(() => reading(loadText(''), counted('2')));
    assert.match(message, /load-configuration was refused: load-error-count 2$/);
    failure(() => reading(loadText(''), counted('many')));
    void reading(loadText(''), counted('0'));
  });
});

describe('an error whose source-daemon stands within error-info', () => {
  it('names the daemon all the same', () => {
    const reply =
      '<commit-results><rpc-error><error-severity>error</error-severity><error-message>no</error-message><error-info><source-daemon>dcd</source-daemon></error-info></rpc-error></commit-results>';
    assert.equal(failure(() => reading(check(), reply)).errors[0]?.sourceDaemon, 'dcd');
  });
});

describe('a lock that meets private edits', () => {
  it('is contention, as one that meets edits in the candidate is', () => {
    const reply =
      '<rpc-error><error-severity>error</error-severity><error-message>\nprivate edits in use. Try again later.\n</error-message></rpc-error>';
    assert.deepEqual(reading(lock(), reply), {
      kind: 'modified',
      message: 'private edits in use. Try again later.',
    });
  });
});

describe('several VRRP groups in one <vrrp-interface>', () => {
  const at = (physical: string, unit: string) =>
    `<vrrp-vlan>\n<physical-interface>\n${physical}\n</physical-interface><unit>${unit}</unit></vrrp-vlan>`;
  const group = (number: number, state: string) =>
    `<group>${number}</group><vrrp-state>${state}</vrrp-state><vrrp-mode>Active</vrrp-mode><virtual-ip-address>10.0.${number}.1</virtual-ip-address>`;
  const read = (inside: string) =>
    reading(
      vrrpSummary(),
      `<vrrp-information><vrrp-interface>${inside}</vrrp-interface></vrrp-information>`,
    ).map((found) => [
      found.interface,
      found.interfaceState,
      found.group,
      found.state,
      ...found.virtualAddresses,
    ]);

  it('are as many groups, on the interface that stands before each', () => {
    assert.deepEqual(
      read(
        `${at('xe-0/0/0', '1')}<interface-state>up</interface-state>${group(10, 'master')}${at('xe-0/0/0', '2')}<interface-state>down</interface-state>${group(20, 'init')}`,
      ),
      [
        ['xe-0/0/0.1', 'up', 10, 'master', '10.0.10.1'],
        ['xe-0/0/0.2', 'down', 20, 'init', '10.0.20.1'],
      ],
    );
  });

  it('have the interface that was named once', () => {
    assert.deepEqual(
      read(
        `<interface>ae0.5</interface><interface-state>up</interface-state>${group(10, 'backup')}${group(20, 'master')}`,
      ),
      [
        ['ae0.5', 'up', 10, 'backup', '10.0.10.1'],
        ['ae0.5', 'up', 20, 'master', '10.0.20.1'],
      ],
    );
  });

  it('may have their state before their number repeated alone', () => {
    assert.deepEqual(
      read(
        `${at('ae0', '5')}<interface-state>up</interface-state>${group(10, 'backup')}<interface-state>down</interface-state>${group(20, 'init')}`,
      ),
      [
        ['ae0.5', 'up', 10, 'backup', '10.0.10.1'],
        ['ae0.5', 'down', 20, 'init', '10.0.20.1'],
      ],
    );
  });

  it('are none where no group is told', () => {
    assert.deepEqual(read(`${at('ae0', '5')}<interface-state>up</interface-state>`), []);
  });
});

describe('a configuration of which nothing is to be shown', () => {
  for (const reply of ['', '<ok/>', '<nc:ok/>'])
    it(`is empty: ${reply === '' ? 'no content' : reply}`, () => {
      assert.equal(reading(getConfiguration({ paths: [['a']], database: 'committed' }), reply), '');
      assert.equal(reading(compareWithRunning(), reply), '');
    });

  it('is not one in another format, or of another operation', () => {
    const operation = getConfiguration({ paths: [['a']], database: 'committed' });
    assert.throws(() => reading(operation, '<configuration/>'), ProtocolError);
    assert.throws(() => reading(commitInformation(), '<ok/>'), ProtocolError);
  });
});

describe('an operational reply of several routing engines', () => {
  const item = (inside: string, engine = 're0') =>
    `<multi-routing-engine-item><re-name>${engine}</re-name>${inside}</multi-routing-engine-item>`;
  const wrapped = (...items: readonly string[]) =>
    `<multi-routing-engine-results>${items.join('')}</multi-routing-engine-results>`;

  it('is read inside', () => {
    const vrrp =
      '<vrrp-information><vrrp-interface><interface>ae0.5</interface><group>1</group><vrrp-state>master</vrrp-state></vrrp-interface></vrrp-information>';
    assert.deepEqual(
      reading(vrrpInterface('ae0.5'), wrapped(item(vrrp))).map(({ state }) => state),
      ['master'],
    );
    const unit =
      '<interface-information><logical-interface><name>ae0.5</name><admin-status>up</admin-status><oper-status>up</oper-status></logical-interface></interface-information>';
    assert.equal(reading(interfaceTerse('ae0.5'), wrapped(item(unit)))?.operStatus, 'up');
    const counters =
      '<firewall-information><filter-information><filter-name>F</filter-name><counter><counter-name>C</counter-name></counter></filter-information></firewall-information>';
    assert.deepEqual(
      reading(filterCounters('F'), wrapped(item(counters)))?.map(({ name }) => name),
      ['C'],
    );
  });

  it('counts once: the first engine that has it', () => {
    const history = (user: string) =>
      `<commit-information><commit-history><sequence-number>0</sequence-number><user>${user}</user></commit-history></commit-information>`;
    const entries = [...reading(commitInformation(), wrapped(item(history('a')), item(history('b'), 're1')))];
    assert.deepEqual(
      entries.map(({ user }) => user),
      ['a'],
    );
  });

  const silent: readonly (readonly [what: string, text: string])[] = [
    ['as output', `<output>${NOT_RUNNING}</output>`],
    ['as a warning', `<xnm:warning><message>${NOT_RUNNING}</message></xnm:warning>`],
  ];
  for (const [what, text] of silent)
    it(`may say ${what} that VRRP does not run, wrapped or not`, () => {
      assert.deepEqual(reading(vrrpInterface('ae0.5'), text), []);
      assert.deepEqual(reading(vrrpInterface('ae0.5'), wrapped(item(text))), []);
    });

  it('does not say so by any other output', () => {
    assert.throws(() => reading(vrrpInterface('ae0.5'), '<output>error: timeout</output>'), ProtocolError);
  });
});

describe('a filter that is interface-specific', () => {
  const filter = (name: string, ...counters: readonly string[]) =>
    `<filter-information><filter-name>\n${name}\n</filter-name>${counters.map((counter) => `<counter><counter-name>${counter}</counter-name><packet-count>3</packet-count><byte-count>200</byte-count></counter>`).join('')}</filter-information>`;
  const firewall = (...filters: readonly string[]) =>
    `<firewall-information>${filters.join('')}</firewall-information>`;
  const names = (counters: readonly { readonly name: string }[] | undefined) =>
    counters?.map(({ name }) => name);

  it('has the counters of its instance on the interface, by their names in the configuration', () => {
    const reply = firewall(filter('F-ae0.5-i', 'C-ae0.5-i', 'D-ae0.5-i'));
    assert.deepEqual(reading(filterCounters('F', { unit: 'ae0.5', direction: 'input' }), reply), [
      { name: 'C', packets: 3, bytes: 200 },
      { name: 'D', packets: 3, bytes: 200 },
    ]);
    assert.equal(reading(filterCounters('F', { unit: 'ae0.6', direction: 'input' }), reply), undefined);
    assert.equal(reading(filterCounters('F', { unit: 'ae0.5', direction: 'output' }), reply), undefined);
    assert.equal(reading(filterCounters('F'), reply), undefined);
  });

  it('has instances on any interface, inward and outward', () => {
    const reply = firewall(
      filter('F-ge-0/0/1.0-i', 'C-ge-0/0/1.0-i'),
      filter('F-xe-1/2/0:3.7-o', 'D-xe-1/2/0:3.7-o'),
      filter('F-G-ae0.5-i', 'X-ae0.5-i'),
      filter('FF-ae0.5-i', 'Y-ae0.5-i'),
      filter('F-backup', 'Z'),
    );
    assert.deepEqual(names(countersIn(reading(allFilters(), reply), 'F')), ['C', 'D']);
    assert.equal(countersIn(reading(allFilters(), reply), 'H'), undefined);
  });
});
