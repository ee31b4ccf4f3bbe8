/**
 * Runs simulated routers in a process of their own, so that their computing does not delay the worker or the client that is measured.
 * The parent process sends the list of routers. This process ends with its parent.
 */
import { baseConfig, startRouters } from '../simulator/server/index.ts';
import type { FleetCount, FleetPair, FleetRouter, FleetStarted } from './fleet.ts';

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
    // The parent asks how many connections are open, or how many requests have come.
    process.on('message', (what: FleetCount) =>
      process.send?.(routers.reduce((sum, router) => sum + router[what], 0)),
    );
  })();
});
process.once('disconnect', () => process.exit());
// The parent handles Ctrl-C.
process.on('SIGINT', () => undefined);
