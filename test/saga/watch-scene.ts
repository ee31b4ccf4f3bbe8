/** A site whose workers watch `/config`, and nobody who starts a workflow. */
import { setTimeout } from 'node:timers/promises';
import { EtcdClient } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import { CONFIG_WATCH_ID, WATCH_STATUS_QUERY } from '../../gateway/config-watch.ts';
import type { WatchStatus } from '../../gateway/config-watch.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { history } from '../../local/six-points.ts';
import { openSite } from './site.ts';
import type { Site, SiteOptions } from './site.ts';

/** The word that `/state` has for a version. */
export interface Word {
  readonly version: number;
  readonly word: string;
}

export interface WatchSite extends Site {
  /** A plain write, as etcdctl would make it. */
  put(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** Writes the next version of a gateway, after `change`. */
  next(gateway: TestGateway, change?: (gateway: TestGateway) => void): Promise<void>;
  /** All that `/state` has ever said of a gateway. */
  words(gateway: GatewayRef): Promise<readonly Word[]>;
  /** Resolves to all words, once this version has one. */
  untilWord(gateway: GatewayRef, version: number): Promise<readonly Word[]>;
  /** How many runs of the gateway's saga there were. */
  runs(gateway: GatewayRef): Promise<number>;
  /**
   * Resolves once the saga of one of them has begun, to when that was, in ms since the epoch. The status of the watch comes every two seconds only: a gateway
   * may be made by then.
   */
  untilStarted(gateways: readonly GatewayRef[]): Promise<number>;
  status(): Promise<WatchStatus>;
  /** Resolves once everything was listed twice more. */
  listedTwice(): Promise<void>;
  /** Resolves once the status of the watch fits `is`. */
  untilStatus(is: (status: WatchStatus) => boolean): Promise<WatchStatus>;
}

export async function openWatchSite(pairs: number, options: SiteOptions = {}): Promise<WatchSite> {
  const site = await openSite(pairs, options);
  const { endpoints } = site.stack.etcd;
  const etcd = new EtcdClient({ endpoints });
  const watch: WatchSite = {
    ...site,
    put: (key, value) => writeRecords(endpoints, [{ key, value }]),
    async remove(key) {
      await etcd.write('remove', { unchanged: [], put: [], remove: [key] });
    },
    async next(gateway, change = () => undefined) {
      gateway.gateway.version += 1;
      change(gateway);
      await writeRecords(endpoints, [...gateway.neighbours, gateway.gateway].map(recordOf));
    },
    async words(gateway) {
      const values = (await history(etcd, KEYS.state(gateway))) as {
        readonly version: number;
        readonly state: { readonly worker_state: string };
      }[];
      return values.map(({ version, state }) => ({ version, word: state.worker_state }));
    },
    async untilWord(gateway, version) {
      for (;;) {
        const words = await watch.words(gateway);
        if (words.some((one) => one.version === version)) return words;
        await setTimeout(50);
      }
    },
    async runs(gateway) {
      const query = `WorkflowId = '${workflowIdOf(gateway)}'`;
      return (await site.temporal.workflow.count(query)).count;
    },
    async untilStarted(gateways) {
      const handles = gateways.map((one) => site.temporal.workflow.getHandle(workflowIdOf(one)));
      for (;;) {
        const runs = await Promise.all(handles.map((handle) => handle.describe().catch(() => undefined)));
        const begun = runs.find((run) => run !== undefined);
        if (begun !== undefined) return begun.startTime.getTime();
        await setTimeout(10);
      }
    },
    async listedTwice() {
      let { report } = await watch.status();
      for (let times = 0; times < 2; times += 1) {
        const listed = String(report?.listed);
        ({ report } = await watch.untilStatus((one) => String(one.report?.listed) > listed));
      }
    },
    status: () => site.temporal.workflow.getHandle(CONFIG_WATCH_ID).query<WatchStatus>(WATCH_STATUS_QUERY),
    async untilStatus(is) {
      for (;;) {
        const status = await watch.status().catch(() => undefined);
        if (status !== undefined && is(status)) return status;
        await setTimeout(100);
      }
    },
    async close() {
      etcd.close();
      await site.close();
    },
  };
  return watch;
}
