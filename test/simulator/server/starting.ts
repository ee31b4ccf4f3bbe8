/** Starts routers for a test, and has the requests that such tests send. */

import { baseConfig, startPair, startRouter } from '../../../simulator/server/index.ts';
import type { Router, RouterOptions, SimulatedPair } from '../../../simulator/server/index.ts';
import { HELLO_1_0, openRaw, rpc, type Login, type RawClient } from './raw-client.ts';

export const USER = { name: 'netops', password: 'let me in' } as const;

/** The routers of one test file. `closeAll` ends all of them. */
export function routersOfTest() {
  const started: { close(): Promise<void> }[] = [];
  const options = (role: 'primary' | 'secondary', more: Partial<RouterOptions>): RouterOptions => ({
    id: role,
    config: baseConfig({ name: role, role }),
    users: [USER],
    ...more,
  });
  const keep = <T extends { close(): Promise<void> }>(one: T): T => {
    started.push(one);
    return one;
  };
  const router = async (more: Partial<RouterOptions> = {}): Promise<Router> =>
    keep(await startRouter(options('primary', more)));
  const pair = async (more: Partial<RouterOptions> = {}): Promise<SimulatedPair> =>
    keep(await startPair({ primary: options('primary', more), secondary: options('secondary', more) }));
  const closeAll = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((one) => one.close()));
  };
  return { router, pair, closeAll };
}

const loginTo = ({ host, port }: Router): Login => ({
  host,
  port,
  username: USER.name,
  password: USER.password,
});

/** A session after both hellos. */
export async function sessionWith(router: Router): Promise<RawClient> {
  const raw = await openRaw(loginTo(router));
  await raw.receive();
  raw.send(HELLO_1_0);
  return raw;
}

export const LOCK = '<lock><target><candidate/></target></lock>';
export const UNLOCK = '<unlock><target><candidate/></target></unlock>';
export const COMPARE = '<get-configuration compare="rollback" rollback="0" format="text"/>';

export function load(text: string): string {
  return `<load-configuration action="merge" format="text"><configuration-text>${text}</configuration-text></load-configuration>`;
}

export const RUNNING = '<get-configuration format="text" database="committed"/>';
export const VRRP = '<get-vrrp-information><summary/></get-vrrp-information>';

/** What a router shows of VRRP once its group has this state: an election takes its time. */
export async function shown(router: RawClient, state: string): Promise<string> {
  for (;;) {
    const reply = await router.ask(VRRP);
    if (reply.includes(`<vrrp-state>${state}<`)) return reply;
  }
}

export function description(text: string): string {
  return `interfaces { ae0 { description ${text}; } }`;
}

/** The configuration of a unit that inherits its VRRP group from a group of the base configuration. */
export function unit(group: string): string {
  return `interfaces { ae0 { unit 1025 { apply-groups ${group}; vlan-id 1025; } } }`;
}

/** Locks, loads, commits and unlocks in one write. Returns the four replies. */
export async function commit(raw: RawClient, text: string): Promise<string[]> {
  const operations = [LOCK, load(text), '<commit/>', UNLOCK];
  raw.send(...operations.map((operation, index) => rpc(operation, String(index))));
  const replies: string[] = [];
  while (replies.length < operations.length) replies.push(await raw.receive());
  return replies;
}
