/** The process with the routers of a run. Its parent controls it, and it ends with its parent. The lasting state of the routers is in files. */
import { appendFileSync } from 'node:fs';
import { messageOf } from '../../../gateway/display.ts';
import { pair } from '../../../simulator/device/create.ts';
import { keptHostKey, startRouter } from '../../../simulator/server/index.ts';
import type { FaultOutcome, Router } from '../../../simulator/server/index.ts';
import { PAIRS } from '../workload.ts';
import { operate } from './operator.ts';
import { OPERATOR, OUR_USER } from './routers-messages.ts';
import type { AnswerMessage, Order, OrderMessage, RouterSpec } from './routers-messages.ts';
import type { RouterPoint } from './faults.ts';

const routers = new Map<string, Router>();
const denials = new Map<string, () => void>();
/** What a router does at a point while a fault begins there: it waits, in ms. */
const WAIT: FaultOutcome = { kind: 'delay', ms: 400 };

function routerOf(name: string): Router {
  const router = routers.get(name);
  if (!router) throw new Error(`no router ${name}`);
  return router;
}

async function start(spec: RouterSpec): Promise<void> {
  const { id, name, port, config, password, options, stateFile, tapeFile } = spec;
  const router = await startRouter({
    id,
    name: `MX-${name}`,
    config,
    port,
    options,
    stateFile,
    hostKey: keptHostKey(spec.hostKey),
    users: [{ name: OUR_USER, password }, { name: OPERATOR }],
    // At once: a process that is killed afterwards has written it.
    onEvent: (entry) => appendFileSync(tapeFile, `${JSON.stringify(entry)}\n`),
  });
  for (const unit of spec.vrrpDown) router.device.holdVrrpDown(unit, true);
  for (const unit of spec.vrrpIsolated) router.device.isolateVrrp(unit, true);
  routers.set(name, router);
}

/** Resolves when the router passes the point. */
function come(point: RouterPoint, outcome: FaultOutcome): Promise<null> {
  const { router, rpc, step, moment, nth } = point;
  let times = 0;
  return new Promise((resolve) => {
    routerOf(router).device.faults.add({
      rpc,
      step,
      moment,
      when: ({ user }) =>
        (user === OUR_USER || step === 'rollback') && (times += 1) === nth && (resolve(null), true),
      outcome,
    });
  });
}

async function obey(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'start':
      await Promise.all(order.routers.map(start));
      for (const [one, other] of PAIRS) pair(routerOf(one).device, routerOf(other).device);
      return null;
    case 'point':
      return come(order.point, order.outcome ?? WAIT);
    case 'deny lock': {
      denials.get(order.router)?.();
      const { faults } = routerOf(order.router).device;
      const when = ({ user }: { readonly user: string }) => user === OUR_USER;
      if (order.on)
        denials.set(
          order.router,
          faults.add({ rpc: 'lock', when, times: Infinity, outcome: { kind: 'deny-lock' } }),
        );
      return null;
    }
    case 'half open':
      routerOf(order.router).keepHalfOpen(order.on);
      return null;
    case 'restart':
      routerOf(order.router).device.restart();
      return null;
    case 'operate':
      return operate(routerOf(order.router).device, order.action);
    case 'clear':
      for (const router of routers.values()) {
        router.device.faults.clear();
        router.keepHalfOpen(false);
      }
      return null;
    case 'inspect':
      return routerOf(order.router).device.inspect();
    default:
      return order satisfies never;
  }
}

process.on('message', ({ id, order }: OrderMessage) => {
  const tell = (message: AnswerMessage) => process.send?.(message);
  obey(order).then(
    (answer) => tell({ id, answer }),
    (error: unknown) => tell({ id, error: messageOf(error) }),
  );
});
process.once('disconnect', () => process.exit());
// Ctrl-C is the parent's to answer.
process.on('SIGINT', () => undefined);
