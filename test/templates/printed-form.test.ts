/** Words that a router prints in another form: a gateway with one of them would look changed by somebody else as soon as it stands. */
import assert from 'node:assert/strict';
import { internetValues, parameters } from '../../local/sample-parameters.ts';
import { ParameterError, TemplateError } from '../../templates/errors.ts';
import { render } from '../../templates/render.ts';
import { kindOf } from '../gateway/kinds.ts';

describe('a word that a router prints in another form', () => {
  const internet = (text: string) => () =>
    render(kindOf('internet_gateway'), 'primary', parameters({ ...internetValues, jinja_vrf_config: text }));
  const at = (place: string) => (word: string) => place.replace('WORD', word);
  const group = (statement: string) => at(`protocols { bgp { group g { ${statement} } } }`);
  const route = at('routing-options { static { route WORD next-hop 192.0.2.1; } }');
  const rib = at('routing-options { rib x.inet6.0 { static { route WORD discard; } } }');
  const neighbor = group('neighbor WORD;');

  const cases: readonly [text: (word: string) => string, good: readonly string[], bad: readonly string[]][] =
    [
      [route, ['10.0.0.1/32', '0.0.0.0/0', '10.0.0.1/24', '<*>'], ['10.0.0.1', '10.0.0.01/32', '10.0/16']],
      [rib, ['2001:db8::1/128', '::/0', '::ffff:10.0.0.1/128'], ['2001:db8::1', '2001:DB8::/32']],
      [neighbor, ['192.0.2.1', '2001:db8::1', '<*>'], ['2001:DB8::1', '2001:db8:0::1', '192.0.2.01']],
      [group('local-address WORD;'), ['192.0.2.1'], ['192.000.2.1']],
      [group('peer-as WORD;'), ['64512', '4294967295', '1.10'], ['064512', '0', '4294967296']],
      [group('local-as WORD private;'), ['64512'], ['064512']],
      [at('routing-options { autonomous-system WORD; }'), ['64512'], ['064512']],
      [at('routing-options { router-id WORD; }'), ['192.0.2.1'], ['192.0.2.001']],
      [at('description WORD;'), ['064512', '2001:DB8::1'], []],
    ];
  for (const [text, good, bad] of cases) {
    for (const word of good) it(`is not in "${text(word)}"`, () => void internet(text(word))());
    for (const word of bad)
      it(`is refused in "${text(word)}"`, () =>
        assert.throws(internet(text(word)), (error) => {
          assert.ok(error instanceof ParameterError);
          assert.equal(error.parameter, 'jinja_vrf_config');
          assert.match(error.expected, /an AS number from|in its shortest form/);
          assert.ok(error.got.endsWith(` ${word}'`), error.got);
          return true;
        }));
  }

  const peer = {
    primary_device_physical_interface: 'ae1',
    uplink_vlan: '600',
    jinja_primary_uplink_ip: '192.0.2.2/30',
    vrf_name: 'blue',
    primary_router_id: '192.0.2.2',
    local_as: '65101',
    bgp_group_name: 'CloudGW1',
    primary_ebgp_config_group: 'EBGP',
    remote_as: '64496',
    primary_peer_ip: '192.0.2.1',
    md5: 'key',
    primary_port: 'ae1.600',
  };
  const child = (changes: Partial<typeof peer>) => () =>
    render(
      kindOf('vpn_interface'),
      'primary',
      parameters({ ...peer, ...changes }).map((one) => ({ ...one, secret: one.name === 'md5', own: true })),
    );

  it('is told by the parameter that brings it', () => {
    for (const parameter of ['local_as', 'remote_as']) {
      child({ [parameter]: '64512' })();
      assert.throws(
        child({ [parameter]: '064512' }),
        (error) => error instanceof ParameterError && error.parameter === parameter,
      );
    }
  });

  it('is told by the template that has it itself, in a list of prefixes, too', () => {
    const kind = kindOf('internet_gateway');
    const owns = [...kind.owns, 'policy-options prefix-list x'];
    const remove = `${kind.remove}\ndelete policy-options prefix-list x`;
    const made = (item: string) => () =>
      render(
        { ...kind, owns, remove, create: `${kind.create}\npolicy-options { prefix-list x { ${item}; } }` },
        'primary',
        parameters(internetValues),
      );
    made('203.0.113.9/32')();
    assert.throws(
      made('203.0.113.9'),
      (error) =>
        error instanceof TemplateError &&
        error.message.endsWith("its length, got 'policy-options prefix-list x 203.0.113.9'"),
    );
  });
});
