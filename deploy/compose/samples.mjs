// Writes the records of sample gateways to etcd, what a gateway refers to before the gateway, by `gateway-saga config put`:
//   node samples.mjs …/command/gateway-saga.mjs vpn_gateway.json internet_gateway.json
// A record that is there already stays as it is, so this can be repeated.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [command, ...files] = process.argv.slice(2);

for (const file of files) {
  const { neighbours, gateway } = JSON.parse(readFileSync(file, 'utf8'));
  for (const { type, version, body } of [...neighbours, gateway])
    put(type, body.id, { version, marked_for_deletion: false, body });
}

function put(type, id, record) {
  const { status, error } = spawnSync(process.execPath, [command, 'config', 'put', type, id, '-'], {
    input: JSON.stringify(record),
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
