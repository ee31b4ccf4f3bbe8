/** A router, or a pair, on a virtual clock, and a client that speaks with it without SSH. */

import assert from 'node:assert/strict';
import { edgeRouterConfig } from '../../../simulator/device/base-config.ts';
import { createDevice, pair } from '../../../simulator/device/create.ts';
import type { Device, DeviceSession, DeviceUser, Reply } from '../../../simulator/device/device.ts';
import type { DeviceOptionsInput } from '../../../simulator/device/options.ts';
import { escapeXml, readXml, type XmlElement } from '../../../simulator/device/xml.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export const USERS: readonly DeviceUser[] = [
  { name: 'esi', permission: 'super-user' },
  { name: 'alice', permission: 'super-user' },
  { name: 'viewer', permission: 'read-only' },
];

export interface SceneOptions {
  readonly config?: string;
  readonly options?: DeviceOptionsInput;
  readonly clock?: VirtualClock;
  readonly role?: 'primary' | 'secondary';
}

export function router(scene: SceneOptions = {}): { readonly device: Device; readonly clock: VirtualClock } {
  const clock = scene.clock ?? createVirtualClock();
  const role = scene.role ?? 'primary';
  const device = createDevice({
    name: role,
    config: scene.config ?? edgeRouterConfig({ hostName: role, role }),
    clock,
    users: USERS,
    ...(scene.options ? { options: scene.options } : {}),
  });
  return { device, clock };
}

export function routerPair(options: DeviceOptionsInput = {}): {
  readonly clock: VirtualClock;
  readonly primary: Device;
  readonly secondary: Device;
} {
  const clock = createVirtualClock();
  const primary = router({ clock, role: 'primary', options }).device;
  const secondary = router({ clock, role: 'secondary', options }).device;
  pair(primary, secondary);
  return { clock, primary, secondary };
}

export interface Client {
  readonly session: DeviceSession;
  /** Sends a request and returns the reply of any kind. */
  send(rpc: string): Promise<Reply>;
  /** Sends a request and returns the body of its reply. */
  ask(rpc: string): Promise<string>;
  /** The same; fails when the reply has an error. */
  ok(rpc: string): Promise<string>;
  /** The messages of all errors in the reply; fails when there is none. */
  errors(rpc: string): Promise<readonly string[]>;
  load(text: string, action?: string): Promise<string>;
  set(...lines: readonly string[]): Promise<string>;
  /** The candidate's difference to the running configuration, or to an older one. */
  compare(rollback?: number): Promise<string>;
  /** Makes a plain commit. */
  commit(): Promise<string>;
}

export const LOCK = '<lock><target><candidate/></target></lock>';
export const UNLOCK = '<unlock><target><candidate/></target></unlock>';
export const COMMIT = '<commit-configuration/>';
export const CHECK = '<commit-configuration><check/></commit-configuration>';
export const COMMIT_INFORMATION = '<get-commit-information/>';

export const confirmed = (minutes: number, log?: string): string =>
  `<commit-configuration><confirmed/><confirm-timeout>${minutes}</confirm-timeout>${log === undefined ? '' : `<log>${log}</log>`}</commit-configuration>`;

/** The body of a reply as an element with the name `reply`. */
export const parsed = (body: string): XmlElement => readXml(`<reply>${body}</reply>`);

/** All elements of that name, at any depth. */
export function all(element: XmlElement, name: string): readonly XmlElement[] {
  return [
    ...element.children.filter((c) => c.name === name),
    ...element.children.flatMap((c) => all(c, name)),
  ];
}

/** The trimmed texts of all elements of that name. */
export const texts = (body: string, name: string): readonly string[] =>
  all(parsed(body), name).map((e) => e.text.trim());

const errorMessages = (body: string): readonly string[] =>
  all(parsed(body), 'rpc-error')
    .filter((e) => e.children.some((c) => c.name === 'error-severity' && c.text === 'error'))
    .map((e) => e.children.find((c) => c.name === 'error-message')?.text.trim() ?? '');

/** `via`: by what the user is there, `netconf` or `cli`. */
export function client(device: Device, user = 'esi', via: 'netconf' | 'cli' = 'netconf'): Client {
  const session = device.open({ user, client: via });
  const send = (rpc: string): Promise<Reply> => session.handle(readXml(rpc));
  const ask = async (rpc: string): Promise<string> => {
    const reply = await send(rpc);
    assert.equal(reply.kind, 'reply', `expected a reply to ${rpc}`);
    return reply.kind === 'reply' ? reply.body : '';
  };
  const ok = async (rpc: string): Promise<string> => {
    const body = await ask(rpc);
    assert.deepEqual(errorMessages(body), [], `expected no error in reply to ${rpc}`);
    return body;
  };
  return {
    session,
    send,
    ask,
    ok,
    async errors(rpc) {
      const found = errorMessages(await ask(rpc));
      assert.notEqual(found.length, 0, `expected an error in reply to ${rpc}`);
      return found;
    },
    load: (text, action = 'merge') =>
      ask(
        `<load-configuration action="${action}" format="text"><configuration-text>${escapeXml(text)}</configuration-text></load-configuration>`,
      ),
    set: (...lines) =>
      ask(
        `<load-configuration action="set" format="text"><configuration-set>${escapeXml(lines.join('\n'))}</configuration-set></load-configuration>`,
      ),
    async compare(rollback = 0) {
      const body = await ok(`<get-configuration compare="rollback" rollback="${rollback}" format="text"/>`);
      const [output] = all(parsed(body), 'configuration-output');
      return (output?.text ?? '').replace(/^\n/, '');
    },
    commit: () => ok(COMMIT),
  };
}

export const MINUTE = 60_000;

/** The command that sets the description of ae0. In the base configuration it is `downlink`. */
export const describeAe0 = (description: string): string => `set interfaces ae0 description ${description}`;

/** A router with a pending confirmed commit, by `esi`: the description `unconfirmed`, for `minutes`. */
export async function pendingCommit(options: DeviceOptionsInput = {}, minutes = 2) {
  const { device, clock } = router({ options });
  const esi = client(device);
  await esi.set(describeAe0('unconfirmed'));
  const committed = esi.ok(confirmed(minutes, 'ours'));
  await clock.advance(options.delays?.commit ?? 0);
  await committed;
  const assertRunning = (description: string): void =>
    assert.match(device.running(), new RegExp(`description ${description};`));
  assertRunning('unconfirmed');
  return { device, clock, esi, assertRunning };
}

/** The marks of pending commits in the commit information. */
export const pendingMarks = async (c: Client): Promise<readonly string[]> =>
  texts(await c.ok(COMMIT_INFORMATION), 'commit-confirmed');
