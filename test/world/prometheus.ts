/** A real Prometheus that scrapes workers every second. */
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startChild, untilReady } from '../../local/child.ts';
import { freePort } from '../../local/ports.ts';
import { NotSetUpError, programOf } from '../../local/programs.ts';
import type { Run } from '../../local/run.ts';

const READY_MS = 30_000;

interface Alert {
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Prometheus {
  readonly url: string;
  /** The alerts that fire. */
  firing(): Promise<readonly Alert[]>;
  /** Resolves once these alerts fire. */
  untilFiring(...names: readonly string[]): Promise<void>;
  /** Resolves once none of these alerts fires or is about to. */
  untilCleared(...names: readonly string[]): Promise<void>;
  /** How many different series a query has given since `fromMs`, looked at every second. Rejects with Prometheus's words if the query is wrong. */
  series(query: string, fromMs: number): Promise<number>;
}

/** The path of `promtool`. `undefined`: set-up has found no Prometheus. Then it also prints why the specs are skipped. */
export async function promtool(): Promise<string | undefined> {
  try {
    return `${dirname(await programOf('prometheus'))}/promtool`;
  } catch (error) {
    if (!(error instanceof NotSetUpError)) throw error;
    console.log('      Prometheus is not there: these are skipped');
    return undefined;
  }
}

/** `targets`: where workers serve their metrics, whether they run or not. The process ends with the run. */
export async function startPrometheus(
  run: Run,
  targets: readonly string[],
  rules: string,
): Promise<Prometheus> {
  const rulesFile = await run.write('alerts.yaml', rules);
  const config = await run.write(
    'prometheus.yaml',
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [rulesFile],
      scrape_configs: [{ job_name: 'gateway-saga', static_configs: [{ targets }] }],
    }),
  );
  const [program, port] = [await programOf('prometheus'), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild({
    name: 'prometheus',
    program,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${run.folder}/prometheus`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    log: `${run.logs}/prometheus.log`,
  });
  await run.adopt(child, program);
  await untilReady(child, READY_MS, async () => {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    return answer?.ok === true;
  });

  const ask = async <T>(path: string): Promise<T> => {
    const answer = (await (await fetch(`${url}/api/v1/${path}`)).json()) as { data?: T; error?: string };
    if (answer.data === undefined) throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  };
  const alerts = async () => (await ask<{ alerts: readonly Alert[] }>('alerts')).alerts;
  const until = async (is: (alerts: readonly Alert[]) => boolean) => {
    while (!is(await alerts())) await setTimeout(200);
  };
  const isOf = (names: readonly string[], alert: Alert) => names.includes(alert.labels['alertname'] ?? '');
  return {
    url,
    firing: async () => (await alerts()).filter(({ state }) => state === 'firing'),
    untilFiring: (...names) =>
      until((all) =>
        names.every((name) => all.some((alert) => alert.state === 'firing' && isOf([name], alert))),
      ),
    untilCleared: (...names) => until((all) => !all.some((alert) => isOf(names, alert))),
    async series(query, fromMs) {
      const [start, end] = [fromMs / 1_000, Date.now() / 1_000].map(String) as [string, string];
      const range = new URLSearchParams({ query, start, end, step: '1' });
      return (await ask<{ result: readonly unknown[] }>(`query_range?${range.toString()}`)).result.length;
    },
  };
}
