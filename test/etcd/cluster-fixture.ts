/** Three members of etcd for a suite. */
import type { ChildProgram } from '../../local/child.ts';
import { openRun } from '../../local/run.ts';
import type { Run } from '../../local/run.ts';
import { etcdCluster, untilLed } from '../world/etcd-cluster.ts';
import type { EtcdMember } from '../world/etcd-cluster.ts';

export interface Cluster {
  readonly members: readonly EtcdMember[];
  readonly endpoints: readonly string[];
  /** In the members' order; a test that starts a member anew replaces its entry. */
  readonly children: ChildProgram[];
}

/** Starts three members before the suite's tests, and ends them after. */
export function useCluster(): () => Cluster {
  let run: Run | undefined;
  let cluster: Cluster | undefined;
  before(async () => {
    run = await openRun();
    const members = await etcdCluster(run, ['etcd-1', 'etcd-2', 'etcd-3']);
    const children = await Promise.all(members.map((member) => member.start()));
    cluster = { members, endpoints: members.map(({ endpoint }) => endpoint), children };
    await untilLed(members);
  });
  after(async () => {
    await Promise.all((cluster?.children ?? []).map((child) => child.stop()));
    await Promise.all((cluster?.members ?? []).map(({ peers }) => peers.close()));
    await run?.close();
  });
  return () => {
    if (!cluster) throw new Error('etcd is not running');
    return cluster;
  };
}
