import assert from 'node:assert/strict';
import type { Kind } from '../../gateway/kind.ts';
import { TemplateError } from '../../templates/errors.ts';
import { kindOf } from '../gateway/kinds.ts';
import { render } from '../../templates/render.ts';
import { parameters, vpnValues } from '../../local/sample-parameters.ts';

describe('a kind whose templates do what they must not', () => {
  let kind: Kind;
  before(() => {
    kind = kindOf('vpn_gateway');
  });
  const vpn = (changes: Partial<Kind>) => () =>
    render({ ...kind, ...changes }, 'primary', parameters(vpnValues));
  const create = (extra: string): Partial<Kind> => ({ create: `${kind.create}\n${extra}` });

  it('configures outside the owned stanzas', () => {
    assert.throws(
      vpn(create('system { host-name x; }')),
      /vpn_gateway\/create: 'system host-name x' is outside/,
    );
    assert.throws(vpn(create('interfaces { ae0 { mtu 9000; } }')), TemplateError);
    assert.throws(vpn(create('interfaces { ae0 { unit 10 { vlan-id 10; } } }')), TemplateError);
  });
  it('configures a key outside the owned stanzas, which is not repeated', () => {
    const outside = 'protocols { bgp { group g { authentication-key canary; } } }';
    assert.throws(
      vpn(create(outside)),
      /create: 'protocols bgp group g authentication-key \(hidden\)' is outside/,
    );
    assert.throws(
      vpn({ arrange: 'set protocols bgp group g authentication-key canary' }),
      /arrange: 'protocols bgp group g authentication-key \(hidden\)' is outside/,
    );
  });
  it('deletes while creating', () => {
    assert.throws(vpn(create('routing-instances { {{vrf_name}} { delete: interface x; } }')), /tag delete:/);
    assert.throws(vpn({ arrange: 'delete interfaces ae0' }), /arrange: it deletes/);
  });
  it('arranges what is not its own', () => {
    const arrange = 'insert firewall family inet filter INET_IN term other before term all-accept';
    assert.throws(vpn({ arrange }), /arrange: .* is outside/);
  });
  it('deletes more, less or other things than it owns', () => {
    const { remove } = kind;
    assert.throws(vpn({ remove: `${remove}\ndelete interfaces ae0` }), /'delete' of 'interfaces ae0' is not/);
    assert.throws(
      vpn({ remove: 'delete routing-instances {{vrf_name}}' }),
      /it leaves 'interfaces ge-0\/0\/1 unit 122'/,
    );
    assert.throws(vpn({ remove: `${remove}\nset routing-instances {{vrf_name}} description x` }), /'set' of/);
  });
  it('owns more than one entry', () => {
    assert.throws(vpn({ owns: ['interfaces', ...kind.owns] }), /not one named entry/);
    assert.throws(
      vpn({ owns: [...kind.owns, 'interfaces {{device_physical_downlink_interface}} unit'] }),
      /not one named/,
    );
  });
  it('owns what it does not make', () => {
    const changes = {
      owns: [...kind.owns, 'policy-options prefix-list {{vrf_name}}'],
      remove: `${kind.remove}\ndelete policy-options prefix-list {{vrf_name}}`,
    };
    assert.throws(vpn(changes), /nothing at the owned stanza/);
  });
  it('is not well-formed', () => {
    assert.throws(vpn(create('interfaces {')), /create: line \d+, column \d+: expected '}'/);
    assert.throws(vpn({ remove: 'drop everything' }), /remove: line 1, column 1: expected one of set/);
  });
  it('wants a secret, whatever way it asks', () => {
    for (const text of [
      '{{device_password}}',
      '{{text device_password}}',
      '{{#if device_password}}x{{/if}}',
    ]) {
      assert.throws(vpn(create(`/* ${text} */`)), (error) => {
        assert.ok(error instanceof TemplateError);
        assert.match(error.message, /parameter device_password is a secret/);
        assert.doesNotMatch(error.message, /esiesi/);
        return true;
      });
    }
  });
});
