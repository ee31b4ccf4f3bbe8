import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ROOT } from '../../local/folders.ts';

interface Yaml {
  readonly YAML11_SCHEMA: object;
  load(text: string, options: { readonly schema: object }): unknown;
}

// mocha brings it.
const yaml = createRequire(createRequire(import.meta.url).resolve('mocha/package.json'))('js-yaml') as Yaml;

/** A service of the compose file. */
export interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly healthcheck?: { readonly test: readonly string[] };
}

/** A file of `deploy/`. */
export async function textOf(path: string): Promise<string> {
  return readFile(`${ROOT}deploy/${path}`, 'utf8');
}

/** A YAML file of `deploy/`, as YAML 1.1, by which compose and Helm read: with merges. */
export async function yamlOf(path: string): Promise<unknown> {
  return yaml.load(await textOf(path), { schema: yaml.YAML11_SCHEMA });
}

export async function services(): Promise<Readonly<Record<string, Service>>> {
  return ((await yamlOf('compose.yaml')) as { services: Record<string, Service> }).services;
}

/** The paths of all files below `deploy/` that match. */
export async function filesOf(pattern: RegExp): Promise<string[]> {
  const files = await readdir(`${ROOT}deploy`, { recursive: true });
  return files.filter((path) => pattern.test(path)).toSorted();
}

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The rules of `alerts.yaml`, alerts and recordings. */
export async function rules(): Promise<readonly Rule[]> {
  const { groups } = (await yamlOf('prometheus/alerts.yaml')) as {
    groups: readonly { rules: readonly Rule[] }[];
  };
  return groups.flatMap((group) => group.rules);
}

/** In the order of the alphabet. */
export async function alertNames(): Promise<string[]> {
  return (await rules()).flatMap(({ alert }) => alert ?? []).toSorted();
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

export async function dashboardPanels(): Promise<readonly Panel[]> {
  return (JSON.parse(await textOf('grafana/dashboard.json')) as { panels: readonly Panel[] }).panels;
}

/** What Grafana asks Prometheus for, with its variables filled in as for all pairs and routers. */
export async function dashboardQueries(): Promise<string[]> {
  const queries = (await dashboardPanels()).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  return queries.map((query) =>
    query.replaceAll('$__rate_interval', '15s').replaceAll(/\$(?:pair|router)\b/g, '.*'),
  );
}
