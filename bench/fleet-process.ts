/**
 * Runs simulated routers in a process of their own, so that their computing does not delay the worker or the client that is measured.
 * The parent process sends the list of routers. This process ends with its parent.
 */
import { baseConfig, startRouters } from '../simulator/server/index.ts';
import type { FleetCount, FleetPair, FleetRouter, FleetStarted } from './fleet.ts';

/** The ports that gateways beyond the first 3,000 of a pair have (`local/test-gateway.ts`): enough for 24,000. */
const FURTHER_PORTS = Array.from(
  { length: 7 },
  (_, index) => `    ge-0/0/${index + 2} {
        vlan-tagging;
    }
    ae${index + 1} {
        vlan-tagging;
    }
`,
).join('');
/** In the base configuration, the first port. */
const FIRST_PORT = '    ge-0/0/1 {\n';

function configOf(name: string, role: 'primary' | 'secondary'): string {
  return baseConfig({ name, role }).replace(FIRST_PORT, () => FURTHER_PORTS + FIRST_PORT);
}

function specification({ id, name, username, password, device }: FleetRouter, role: 'primary' | 'secondary') {
  return {
    id,
    name,
    config: configOf(name, role),
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
