/** Members of etcd that make one cluster, each a program of its own. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import type { Child } from '../../local/child.ts';
import { AS_IT_IS } from '../../etcd/policies.ts';
import { startMember } from '../../local/etcd-process.ts';
import type { EtcdOptions } from '../../local/etcd-process.ts';
import { freePorts } from '../../local/ports.ts';
import type { Run } from '../../local/run.ts';
import { Proxy } from '../../local/proxy.ts';

export interface EtcdMember<Name extends string = string> {
  readonly name: Name;
  /** `127.0.0.1:2379`, as etcdctl takes them. */
  readonly endpoint: string;
  /** What the others tell it comes by here. */
  readonly peers: Proxy;
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
  const members = await Promise.all(
    names.map(async (name, index) => {
      const [port = 0, peerPort = 0] = ports.slice(2 * index);
      return { name, port, peerPort, peers: await Proxy.open(`127.0.0.1:${peerPort}`) };
    }),
  );
  const cluster = members.map(({ name, peers }) => `${name}=http://${peers.endpoint}`).join(',');
  return members.map(({ name, port, peerPort, peers }) => ({
    name,
    endpoint: `127.0.0.1:${port}`,
    peers,
    start: () =>
      startMember(run, {
        ...options,
        ...TIMES,
        name,
        port,
        peerPort,
        advertised: `http://${peers.endpoint}`,
        cluster,
      }),
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

/** Waits until all of them follow one of them, and gives that one. */
export async function untilLed<M extends EtcdMember>(members: readonly M[]): Promise<M> {
  const givenUp = Date.now() + READY_MS;
  for (;;) {
    const answers = await askAll(members);
    const leader = answers.find(({ id, leader }) => id === leader);
    const led = members.find((member) => member === leader?.member);
    if (led && answers.length === members.length && answers.every((answer) => answer.leader === leader?.id))
      return led;
    if (Date.now() > givenUp)
      throw new Error(
        `after ${READY_MS} ms ${answers.length} of ${members.length} members of etcd answer, and ${leader?.member.name ?? 'none'} leads`,
      );
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

/** Cuts a member off from the others: clients reach it still. Gives the way back. */
export function isolate(members: readonly EtcdMember[], member: EtcdMember): () => void {
  // By this header they tell each other who they are.
  const header = `X-Server-From: ${memberIdOf(member.peers.endpoint)}\r\n`;
  member.peers.closed = true;
  for (const { peers } of members) {
    peers.refused.add(header);
    peers.drop();
  }
  return () => {
    member.peers.closed = false;
    for (const { peers } of members) peers.refused.delete(header);
  };
}

/**
 * As etcd makes it of where a member is to be found and of the cluster's token, and as it writes it: asked for it, one that stands still
 * would not answer (`computeMemberID` in etcd's server/etcdserver/api/membership/member.go).
 */
function memberIdOf(peerEndpoint: string): string {
  const hash = createHash('sha1').update(`http://${peerEndpoint}etcd-cluster`).digest();
  return hash.readBigUInt64BE().toString(16);
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
