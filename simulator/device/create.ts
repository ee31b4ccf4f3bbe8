/** Makes a device out of the parts of a router; connects two devices. */

import { bgpSettings } from './bgp-settings.ts';
import { createBgp } from './bgp.ts';
import { createCandidate, createLock } from './candidate.ts';
import type { Config } from './config/config.ts';
import { effective } from './config/groups.ts';
import { readConfig } from './config/load-text.ts';
import { SCHEMA } from './config/schema.ts';
import { textOf } from './config/text-form.ts';
import type { Device, DeviceSettings, DeviceSnapshot } from './device.ts';
import { createEngines } from './engines.ts';
import { fallBack } from './fallback.ts';
import { createFaults } from './faults.ts';
import { createHistory, createPending } from './history.ts';
import type { RouterModel } from './model.ts';
import { deviceOptions } from './options.ts';
import { openSession } from './session.ts';
import { commitsOf, inspect, snapshotOf } from './snapshot.ts';
import type { TapeEntry } from './tape.ts';
import { createVrrp } from './vrrp.ts';

const routers = new WeakMap<Device, RouterModel>();

/** Session ids begin above this number. */
const FIRST_SESSION = 5000;

/**
 * Makes a device. Throws JunosSyntaxError or BadConfigurationError for its configuration, and RangeError for options that
 * make no sense.
 */
export function createDevice(settings: DeviceSettings): Device {
  const { state } = settings;
  const changeListeners: (() => void)[] = [];
  const eventListeners: ((entry: TapeEntry) => void)[] = settings.onEvent ? [settings.onEvent] : [];
  let lastSession = state?.lastSession ?? FIRST_SESSION;
  const router = createRouter(settings, {
    stateChanged() {
      for (const listener of changeListeners) listener();
    },
    emit(event) {
      if (eventListeners.length === 0) return;
      const entry = { at: settings.clock.now(), ...event() };
      for (const listener of eventListeners) listener(entry);
    },
  });
  const endSessions = (): void => {
    for (const session of router.sessions.values()) session.end('restarted');
  };
  const start = (from: DeviceSnapshot): void => {
    router.generation += 1;
    router.pending.clear();
    endSessions();
    router.history.reset(commitsOf(from));
    router.candidate.reset(router.running());
    router.emit(() => ({ kind: 'restarted', config: textOf(router.running()) }));
    router.vrrp.reset();
    router.bgp.reset();
    router.refreshProtocols();
    restorePending(router, from);
    router.stateChanged();
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
    onChange: (listener) => void changeListeners.push(listener),
    onEvent: (listener) => void eventListeners.push(listener),
    restart: () => start(snapshotOf(router, lastSession)),
    switchover: () => start(snapshotOf(router.engines.switchOver(router), lastSession)),
    setBackupAway(away) {
      router.engines.isBackupAway = away;
    },
    holdVrrpDown: (unit, down) => router.vrrp.holdDown(unit, down),
    isolateVrrp: (unit, isolated) => router.vrrp.isolate(unit, isolated),
    holdBgpDown: (instance, down) => router.bgp.holdDown(instance, down),
    setOutsidePeer: (peer, present) => router.bgp.setOutsidePeer(peer, present),
    setLink(name, up) {
      if (up) router.linksDown.delete(name);
      else router.linksDown.add(name);
      router.refreshProtocols();
    },
    running: () => textOf(router.running()),
    inspect: () => inspect(router),
    stop() {
      router.generation += 1;
      router.pending.clear();
      router.vrrp.reset();
      router.bgp.reset();
      endSessions();
    },
  };
  if (state) start(state);
  routers.set(device, router);
  return device;
}

/** Connects two devices, so that they elect VRRP masters among them and speak BGP with each other. Throws a RangeError if both are the same. */
export function pair(a: Device, b: Device): void {
  const [one, other] = [routers.get(a), routers.get(b)];
  if (!one || !other || one === other) throw new RangeError('Expected two devices made by createDevice');
  one.vrrp.pairWith(other.vrrp);
  other.vrrp.pairWith(one.vrrp);
  one.bgp.pairWith(other.bgp);
  other.bgp.pairWith(one.bgp);
}

/**
 * Decides what becomes of a commit that was pending when the router stopped. By `options.reboot` it is pending again, falls back, or stays for
 * good. A commit that is bound to its session falls back instead of being pending again.
 */
function restorePending(router: RouterModel, { pending }: DeviceSnapshot): void {
  const { reboot } = router.options;
  if (!pending || reboot === 'forget') return;
  const { sequence, deadline, fallback, endsWithSession } = pending;
  router.pending.start({ sequence, deadline, fallback: readConfig(fallback) });
  const { current } = router.pending;
  if (current && (reboot === 'revert' || endsWithSession)) void fallBack(router, current, 'restart');
}

function createRouter(
  settings: DeviceSettings,
  { stateChanged, emit }: Pick<RouterModel, 'stateChanged' | 'emit'>,
): RouterModel {
  const { name, clock, users, state } = settings;
  const options = deviceOptions(settings.options);
  const config = readConfig(state?.history[0]?.config ?? settings.config);
  const first = { config, user: 'root', client: 'other', at: clock.now() };
  const history = createHistory(first, options.historyLength);
  let inEffect: { readonly of: Config; readonly config: Config } | undefined;
  const router: RouterModel = {
    name,
    clock,
    options,
    users,
    faults: createFaults(),
    lock: createLock(),
    candidate: createCandidate(config),
    history,
    engines: createEngines(options, clock, history),
    pending: createPending(
      clock,
      options.fallbackLate,
      (commit) => void fallBack(router, commit, 'deadline'),
    ),
    vrrp: createVrrp(
      clock,
      { settle: options.delays.vrrpSettle, minute: options.minute },
      () => ({ config: router.effective(), linksDown: router.linksDown }),
      (unit, state) => emit(() => ({ kind: 'vrrp', unit, state })),
    ),
    bgp: createBgp({
      clock,
      minute: options.minute,
      peers: options.peers,
      neighbors: () => bgpSettings(router.effective(), router.linksDown),
      onTransition: ({ instance, peer }, state) => emit(() => ({ kind: 'bgp', instance, peer, state })),
    }),
    sessions: new Map(),
    linksDown: new Set(),
    generation: 0,
    running: () => history.newest.config,
    effective() {
      const of = history.newest.config;
      if (inEffect?.of !== of) inEffect = { of, config: effective(of, SCHEMA) };
      return inEffect.config;
    },
    refreshProtocols() {
      router.vrrp.refresh();
      router.bgp.refresh();
    },
    exclusively: createQueue(() => router.generation),
    activate(commit, event) {
      const made = history.add({ ...commit, at: clock.now() });
      emit(event);
      router.refreshProtocols();
      stateChanged();
      return made;
    },
    stateChanged,
    emit,
    pendingAuthor() {
      // The pending commit is the newest one, since any later commit would have confirmed it.
      const { user, log = null } = history.newest;
      return router.pending.current ? { user, log } : null;
    },
  };
  router.refreshProtocols();
  return router;
}

/** A queue that carries out one piece of work at a time. Work does not wait for work of an earlier generation. */
function createQueue(generation: () => number): RouterModel['exclusively'] {
  let last: Promise<unknown> = Promise.resolve();
  let ofGeneration = 0;
  return async (work) => {
    if (ofGeneration !== generation()) last = Promise.resolve();
    ofGeneration = generation();
    const own = last.then(work);
    // `last` never rejects, so the next work begins. `own` rejects if its work failed: the caller gets the failure, or Node reports it.
    last = own.catch(() => undefined);
    return own;
  };
}
