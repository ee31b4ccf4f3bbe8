/**
 * Runs simulated routers in a process of their own, so that their computing does not delay the worker or the client that is measured.
 * The parent process sends the list of routers. This process ends with its parent.
 */
import { baseConfig, startRouters } from '../simulator/server/index.ts';
import type { FleetPair, FleetRouter, FleetStarted } from './fleet.ts';

function specification({ id, name, username, password, device }: FleetRouter, role: 'primary' | 'secondary') {
  return {
    id,
    name,
    config: baseConfig({ name, role }),
    users: [{ name: username, password }],
    options: device,
  };
}

process.once('message', (pairs: readonly FleetPair[]) => {
  void (async () => {
    const { routers, knownHosts } = await startRouters(
      pairs.map(({ primary, secondary }) => ({
        primary: specification(primary, 'primary'),
        secondary: specification(secondary, 'secondary'),
      })),
    );
    const started: FleetStarted = {
      routers: routers.map(({ id, host, port }) => ({ id, host, port })),
      knownHosts,
    };
    process.send?.(started);
    // The parent asks only one question: how many connections are open.
    process.on('message', () => process.send?.(routers.reduce((sum, router) => sum + router.connections, 0)));
  })();
});
process.once('disconnect', () => process.exit());
// The parent handles Ctrl-C.
process.on('SIGINT', () => undefined);
