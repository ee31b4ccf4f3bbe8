/** Asks the routers over NETCONF, after the creations, for their diff and their VRRP states. */
import { commitInformation } from '../../netconf/commit-information.ts';
import { compareWithRollback, vrrpSummary } from '../../netconf/operations.ts';
import { SessionPool } from '../../netconf/pool.ts';
import { parseConnectTo } from '../../netconf/connect-to.ts';
import { ROUTER_DEADLINES } from '../../gateway/policies.ts';
import type { Stack } from '../stack.ts';

export interface RouterReport {
  readonly name: string;
  /** How many commits there were since the router was started. */
  readonly back: number;
  /** `show | compare rollback <back>`. */
  readonly diff: string;
  /** `ae0.1025 group 10: master, virtual address 100.64.10.1`. */
  readonly vrrp: readonly string[];
}

/** The reports of all routers of the stack, requested at the same time. */
export async function routerReports({ routers, knownHosts, connectTo }: Stack): Promise<RouterReport[]> {
  const pool = new SessionPool({ knownHosts, connectTo: parseConnectTo(connectTo), ...ROUTER_DEADLINES });
  try {
    return await Promise.all(
      routers.map(({ id, name, address, username, password }) => {
        const [host = '', port] = address.split(':');
        const target = { id, address: host, port: Number(port), username, password };
        return pool.withSession(target, async (session) => {
          const back = Math.max(1, [...(await session.request(commitInformation()))].length - 1);
          return {
            name,
            back,
            diff: (await session.request(compareWithRollback(back))).trim(),
            vrrp: (await session.request(vrrpSummary())).map(
              (group) =>
                `${group.interface} group ${group.group}: ${group.state}, virtual address ${group.virtualAddresses.join(', ')}`,
            ),
          };
        });
      }),
    );
  } finally {
    await pool.close();
  }
}
