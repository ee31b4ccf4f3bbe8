/**
 * A worker that comes to a halt: `node paused-worker.ts <bundle> <folder> <point>…`. A point is `<gateway id> <activity> before|after`. When the worker
 * comes to a point, it writes a file, named by the gateway's id, into the folder. Until it is killed it does no more for that gateway.
 */
import { writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { workerOptions } from '../../command/worker-options.ts';
import { openStore } from '../../etcd/store.ts';
import { ROUTER_DEADLINES } from '../../gateway/policies.ts';
import { TASK_QUEUE } from '../../gateway/messages.ts';
import { SHORT_MINUTES } from '../../local/short-minutes.ts';
import { SessionPool } from '../../netconf/pool.ts';
import { loadKinds } from '../../templates/load.ts';
import { searchAttributesOf } from '../../worker/search-attributes.ts';
import { WORKER_SETTINGS } from '../../worker/settings.ts';
import { sinksOf } from '../../worker/sinks.ts';
import { Holds } from './breakpoints.ts';

const [bundle = '', folder = '', ...points] = process.argv.slice(2);
const { temporal, etcd, knownHosts, connectTo, policy } = workerOptions([], process.env);
// The minutes are as short as those of the routers in `site.ts`. With longer minutes here, trials on these routers would fall back at once.
const sitePolicy = { ...policy, ...SHORT_MINUTES.policy };
const connection = await NativeConnection.connect(temporal.connection);
const holds = new Holds();
for (const point of points) {
  const [resourceId = '', activity, moment] = point.split(' ');
  const hold = holds.at({ resourceId }, activity as never, moment as never);
  void hold.reached.then(() => writeFile(`${folder}/${resourceId}`, ''));
}
const worker = await Worker.create({
  connection,
  namespace: temporal.namespace,
  taskQueue: TASK_QUEUE,
  workflowBundle: { code: readFileSync(bundle, 'utf8') },
  activities: holds.wrap(
    createActivities({
      store: openStore(etcd),
      routers: new SessionPool({ knownHosts, connectTo, ...ROUTER_DEADLINES }),
      kinds: await loadKinds(),
      policy: sitePolicy,
      searchAttributes: searchAttributesOf(connection, temporal.namespace),
    }),
  ),
  sinks: sinksOf(),
  ...WORKER_SETTINGS,
});
await worker.run();
