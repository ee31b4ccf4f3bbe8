/** Members of etcd that make one cluster, each a program of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import type { Child } from '../../local/child.ts';
import { AS_IT_IS } from '../../etcd/policies.ts';
import { peerUrl, startMember } from '../../local/etcd-process.ts';
import type { EtcdOptions } from '../../local/etcd-process.ts';
import { freePorts } from '../../local/ports.ts';
import type { Run } from '../../local/run.ts';

export interface EtcdMember<Name extends string = string> {
  readonly name: Name;
  /** `127.0.0.1:2379`, as etcdctl takes them. */
  readonly endpoint: string;
  /** Resolves as soon as it runs; it joins the others when they do. */
  start(): Promise<Child>;
}

/** An election takes one to two time-outs, and heartbeats are not late on a busy machine. */
const TIMES = { heartbeatMs: 100, electionMs: 1_000 };
const READY_MS = 30_000;
const ANSWER_MS = 500;

/** None of them is started yet. */
export async function etcdCluster<Name extends string>(
  run: Run,
  names: readonly Name[],
  options: EtcdOptions = {},
): Promise<readonly EtcdMember<Name>[]> {
  const ports = await freePorts(2 * names.length);
  const members = names.map((name, index) => ({
    name,
    port: ports[2 * index] ?? 0,
    peerPort: ports[2 * index + 1] ?? 0,
  }));
  const cluster = members.map(({ name, peerPort }) => `${name}=${peerUrl(peerPort)}`).join(',');
  return members.map((member) => ({
    name: member.name,
    endpoint: `127.0.0.1:${member.port}`,
    start: () => startMember(run, { ...options, ...member, ...TIMES, cluster }),
  }));
}

/** What every member says; those that don't answer are left out. */
async function askAll(members: readonly EtcdMember[]) {
  const answers = members.map(async (member) => {
    const { header, leader, raftTerm } = await administer(member.endpoint, ANSWER_MS, ({ maintenance }) =>
      maintenance.status(),
    );
    return [{ member, id: header.member_id, leader, term: Number(raftTerm) }];
  });
  return (await Promise.all(answers.map((answer) => answer.catch(() => [])))).flat();
}

/** As they see it themselves: one that was frozen may think so still, another has the newer term. */
export async function leaderOf<M extends EtcdMember>(members: readonly M[]): Promise<M | undefined> {
  const leading = (await askAll(members)).filter(({ id, leader }) => id === leader);
  const [newest] = leading.sort((one, other) => other.term - one.term);
  return members.find((member) => member === newest?.member);
}

/** Waits until all of them follow the same leader. */
export async function untilLed(members: readonly EtcdMember[]): Promise<void> {
  const givenUp = Date.now() + READY_MS;
  for (;;) {
    const leaders = (await askAll(members)).map(({ leader }) => leader);
    if (leaders.length === members.length && leaders[0] !== '0' && new Set(leaders).size === 1) return;
    if (Date.now() > givenUp)
      throw new Error(`after ${READY_MS} ms ${leaders.length} of ${members.length} members answer`);
    await sleep(50);
  }
}

/** The leader hands over to another member. Gives that one's name; `undefined` when nobody leads, or nobody is there to take over. */
export async function moveLeader(members: readonly EtcdMember[]): Promise<string | undefined> {
  const answers = await askAll(members);
  const leader = answers.find((answer) => answer.id === answer.leader);
  const next = answers.find((answer) => answer !== leader);
  if (!leader || !next) return undefined;
  await administer(leader.member.endpoint, 5_000, ({ maintenance }) =>
    maintenance.moveLeader({ targetID: next.id }),
  );
  return next.member.name;
}

/** What an administrator does to one member, within a time limit. */
export async function administer<T>(
  endpoint: string,
  limitMs: number,
  act: (etcd: Etcd3) => Promise<T>,
): Promise<T> {
  const etcd = new Etcd3({
    hosts: endpoint,
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: Date.now() + limitMs }),
    faultHandling: { global: AS_IT_IS, host: () => AS_IT_IS },
  });
  try {
    return await act(etcd);
  } finally {
    etcd.close();
  }
}
