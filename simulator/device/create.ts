/** Making devices, and pairs of them. */

import type { Device, DeviceSettings } from './device.ts';
import { fallBack } from './fallback.ts';
import { createFaults } from './faults.ts';
import { inspect } from './inspect.ts';
import { deviceOptions } from './options.ts';
import { createRouter, type Router } from './router.ts';
import { openSession } from './session.ts';
import type { DeviceSnapshot } from './snapshot.ts';
import { commitsOf, readConfig, snapshotOf, textOf } from './state.ts';
import type { TapeEntry, TapeEvent } from './tape.ts';

const routers = new WeakMap<Device, Router>();

const FIRST_SESSION = 5000;

/** Goes on where a pending commit was when the router stopped. */
function resume(router: Router, { pending }: DeviceSnapshot): void {
  if (!pending || router.options.reboot === 'forget') return;
  router.pending.begin({ ...pending, fallback: readConfig(pending.fallback) });
  const { current } = router.pending;
  if (current && router.options.reboot === 'revert') void fallBack(router, current, 'restart');
}

/** Throws JunosSyntaxError, BadConfigurationError, or RangeError for settings that make no sense. */
export function createDevice(settings: DeviceSettings): Device {
  const { state } = settings;
  const listeners: (() => void)[] = [];
  const witnesses: ((entry: TapeEntry) => void)[] = settings.onEvent ? [settings.onEvent] : [];
  const note = (event: () => TapeEvent): void => {
    if (witnesses.length === 0) return;
    const entry = { at: settings.clock.now(), ...event() };
    for (const witness of witnesses) witness(entry);
  };
  let lastSession = state?.lastSession ?? FIRST_SESSION;
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const router = createRouter({
    name: settings.name,
    clock: settings.clock,
    users: settings.users,
    options: deviceOptions(settings.options),
    faults: createFaults(),
    config: readConfig(state?.history[0]?.config ?? settings.config),
    due: (of, commit) => void fallBack(of, commit, 'deadline'),
    changed,
    note,
  });
  const endSessions = (): void => {
    for (const session of router.sessions.values()) session.end('restarted');
  };
  const start = (from: DeviceSnapshot): void => {
    router.starts += 1;
    router.pending.end();
    endSessions();
    router.history.reset(commitsOf(from));
    router.candidate.reset(router.running());
    note(() => ({ kind: 'restarted', config: textOf(router.running()) }));
    router.vrrp.reset();
    router.vrrp.refresh();
    resume(router, from);
    changed();
  };
  const device: Device = {
    name: settings.name,
    faults: router.faults,
    open(request) {
      lastSession += 1;
      return openSession(router, lastSession, request);
    },
    snapshot: () => snapshotOf(router, lastSession),
    restore(from) {
      lastSession = Math.max(lastSession, from.lastSession);
      start(from);
    },
    onChange: (listener) => void listeners.push(listener),
    onEvent: (listener) => void witnesses.push(listener),
    restart: () => start(snapshotOf(router, lastSession)),
    holdVrrpDown: (unit, down) => router.vrrp.holdDown(unit, down),
    setLink(name, up) {
      if (up) router.down.delete(name);
      else router.down.add(name);
      router.vrrp.refresh();
    },
    running: () => textOf(router.running()),
    inspect: () => inspect(router),
    stop() {
      router.starts += 1;
      router.pending.end();
      router.vrrp.reset();
      endSessions();
    },
  };
  if (state) start(state);
  routers.set(device, router);
  return device;
}

/** Connects two devices, so that VRRP elects a master among them. */
export function pair(a: Device, b: Device): void {
  const [one, other] = [routers.get(a), routers.get(b)];
  if (!one || !other || one === other) throw new RangeError('Expected two devices made by createDevice');
  one.vrrp.pairWith(other.vrrp);
  other.vrrp.pairWith(one.vrrp);
}
