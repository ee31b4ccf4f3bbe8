/** A cluster of etcd. Each member is a program of its own. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import type { ChildProgram } from '../../local/child.ts';
import { AS_IT_IS } from '../../etcd/policies.ts';
import { startMember } from '../../local/etcd-process.ts';
import type { EtcdOptions } from '../../local/etcd-process.ts';
import { freePorts } from '../../local/ports.ts';
import type { Run } from '../../local/run.ts';
import { Proxy } from '../../local/proxy.ts';

export interface EtcdMember<Name extends string = string> {
  readonly name: Name;
  /** `127.0.0.1:2379`, the form that etcdctl's `--endpoints` takes. */
  readonly endpoint: string;
  /** The proxy through which the other members reach this one. */
  readonly peers: Proxy;
  /** Starts the member. Resolves as soon as it runs; it joins the cluster once enough other members run. */
  start(): Promise<ChildProgram>;
}

/** An election takes one to two time-outs. The heartbeat is slow enough for a busy machine. */
const TIMES = { heartbeatMs: 100, electionMs: 1_000 };
const READY_MS = 30_000;
const ANSWER_MS = 500;

/** Prepares a cluster. None of its members is started yet. */
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

/** The status of every member that answers. */
async function askAll(members: readonly EtcdMember[]) {
  const answers = members.map(async (member) => {
    const { header, leader, raftTerm } = await administer(member.endpoint, ANSWER_MS, ({ maintenance }) =>
      maintenance.status(),
    );
    return [{ member, id: header.member_id, leader, term: Number(raftTerm) }];
  });
  return (await Promise.all(answers.map((answer) => answer.catch(() => [])))).flat();
}

/** The leader, by the members' own status. A member that was frozen may still think that it leads, so the one with the newest term counts. */
export async function leaderOf<M extends EtcdMember>(members: readonly M[]): Promise<M | undefined> {
  const leading = (await askAll(members)).filter(({ id, leader }) => id === leader);
  const [newest] = leading.sort((one, other) => other.term - one.term);
  return members.find((member) => member === newest?.member);
}

/** Waits until all members follow the same leader. Resolves to that leader. */
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

/** Makes the leader hand over to another member. Resolves to the new leader's name; to `undefined` if there is no leader, or no other member. */
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

/** Cuts a member off from the other members. Clients can still reach it. Returns a function that ends this. */
export function isolate(members: readonly EtcdMember[], member: EtcdMember): () => void {
  // Members identify themselves to each other with this header.
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
 * The id of a member, in hexadecimal. etcd computes it from the member's URL and the cluster's token (`computeMemberID` in etcd's
 * server/etcdserver/api/membership/member.go). A frozen member could not answer a request for it.
 */
function memberIdOf(peerEndpoint: string): string {
  const hash = createHash('sha1').update(`http://${peerEndpoint}etcd-cluster`).digest();
  return hash.readBigUInt64BE().toString(16);
}

/** Does what `etcdctl alarm disarm` does with the alarms of full members. */
export async function disarm({ maintenance }: Etcd3): Promise<void> {
  const { alarms } = await maintenance.alarm({ action: 'Get', memberID: '0', alarm: 'Nospace' });
  for (const { memberID } of alarms)
    await maintenance.alarm({ action: 'Deactivate', memberID, alarm: 'Nospace' });
}

/** Does something with one member, as an administrator, within a time limit. */
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
