/** Which members of etcd a fault means. */
import { leaderOf } from '../../world/etcd-cluster.ts';
import type { EtcdMember } from '../../world/etcd-cluster.ts';
import type { MemberName, MembersName, ProgramName } from './faults.ts';

type Member = EtcdMember<MemberName>;

export function isOfEtcd(name: ProgramName): name is MemberName | MembersName {
  return name.startsWith('etcd');
}

/** Without a leader, the first counts as the leader. */
export async function membersOf(
  members: readonly Member[],
  name: MemberName | MembersName,
): Promise<readonly Member[]> {
  if (name === 'etcd') return members;
  if (name !== 'etcd leader' && name !== 'etcd majority') return members.filter((one) => one.name === name);
  const leader = (await leaderOf(members)) ?? members[0];
  const [another] = members.filter((member) => member !== leader);
  return [leader, name === 'etcd majority' ? another : undefined].filter((member) => member !== undefined);
}
