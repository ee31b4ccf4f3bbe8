// Writes the records of sample gateways to etcd, what a gateway refers to before the gateway, by `gateway-saga config put`:
//   node samples.mjs …/command/gateway-saga.mjs vpn_gateway.json internet_gateway.json
// A record that is there already stays as it is, whatever its version, so this can be repeated.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [command, ...files] = process.argv.slice(2);

for (const file of files) {
  const { neighbours, gateway } = JSON.parse(readFileSync(file, 'utf8'));
  for (const { type, version, body } of [...neighbours, gateway])
    if (isThere(type, body.id)) console.log(`/config/v2.0/${type}s/${body.id} stays as it is`);
    else put(type, body.id, { version, marked_for_deletion: false, body });
}

/** If etcd does not answer, this is `false`, and `put` says why. */
function isThere(type, id) {
  return config(['get', type, id], { stdio: 'ignore' }) === 0;
}

function put(type, id, record) {
  const input = JSON.stringify(record);
  const status = config(['put', type, id, '-'], { input, stdio: ['pipe', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

function config(words, options) {
  const { status, error } = spawnSync(process.execPath, [command, 'config', ...words], options);
  if (error !== undefined) throw error;
  return status;
}
