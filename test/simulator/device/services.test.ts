import assert from 'node:assert/strict';
import { edgeRouterConfig } from '../../../simulator/device/base-config.ts';
import { CHECK, client, router, texts } from './scene.ts';

const SERVICES = `
services {
    service-set blue {
        nat-rules blue-SNAPT;
        interface-service { service-interface ms-0/0/0.5; }
    }
    nat {
        pool blue-POOL { address 192.0.2.7/32; port { range low 10000 high 65535; } }
        rule blue-SNAPT {
            match-direction output;
            term source { from { source-address { 198.51.100.0/24; } } then { translated { source-pool blue-POOL; } } }
        }
    }
}
interfaces {
    ms-0/0/0 { unit 5 { family inet; } }
    ae0 { unit 5 { vlan-id 5; family inet { service { input { service-set blue; } output { service-set blue; } } } } }
}`;

describe('address translation', () => {
  const started = async () => {
    const operator = client(
      router({ config: edgeRouterConfig({ hostName: 'MX-1', role: 'primary' }) }).device,
    );
    assert.doesNotMatch(await operator.load(SERVICES), /rpc-error/);
    await operator.commit();
    return operator;
  };

  it('passes the check when all that it refers to is there, and a rule can be added to it', async () => {
    const operator = await started();
    await operator.set(
      'set services service-set blue nat-rules blue-DNAT',
      'set services nat pool blue-DNAT-1 address 192.0.2.8/32',
      'set services nat rule blue-DNAT term 1 then translated destination-pool blue-DNAT-1',
    );
    await operator.ok(CHECK);
  });

  for (const [line, path, message] of [
    [
      'delete services nat rule blue-SNAPT',
      '[edit services service-set blue]',
      "Referenced nat rule 'blue-SNAPT' is not defined",
    ],
    [
      'delete services nat pool blue-POOL',
      '[edit services nat rule blue-SNAPT term source then translated]',
      "Referenced nat pool 'blue-POOL' is not defined",
    ],
    [
      'delete interfaces ms-0/0/0',
      '[edit services service-set blue interface-service]',
      'Service interface ms-0/0/0.5 is not configured',
    ],
    [
      'delete services service-set blue',
      '[edit interfaces ae0 unit 5 family inet service input]',
      "Referenced service-set 'blue' is not defined",
    ],
  ] as const)
    it(`is refused after ${line}`, async () => {
      const operator = await started();
      await operator.set(line);
      assert.ok((await operator.errors(CHECK)).includes(message));
      assert.ok(texts(await operator.ask(CHECK), 'error-path').includes(path));
    });
});
