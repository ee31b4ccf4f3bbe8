/**
 * Simulated routers in a process of their own: what they compute must not stand in the way of the worker or the client that
 * is measured. Told by its parent which routers; ends with it.
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
    // There is one question.
    process.on('message', () => process.send?.(routers.reduce((sum, router) => sum + router.connections, 0)));
  })();
});
process.once('disconnect', () => process.exit());
// Ctrl-C is the parent's to answer.
process.on('SIGINT', () => undefined);
