/** Between a router and what of it survives a restart. */

import { parse } from '../../junos/parse.ts';
import { canonical } from './canonical.ts';
import type { Config } from './config.ts';
import type { Commit } from './history.ts';
import type { Router } from './router.ts';
import { SCHEMA } from './schema.ts';
import type { DeviceSnapshot } from './snapshot.ts';
import { configText } from './text-form.ts';
import { merge } from './merge.ts';

/** Thrown when a configuration that a router is to start with is not one. */
export class BadConfigurationError extends Error {
  override readonly name = 'BadConfigurationError';
}

/** Text as a configuration. Throws JunosSyntaxError, or BadConfigurationError naming the first place that makes no sense. */
export function readConfig(text: string): Config {
  const { statements, errors } = canonical(parse(text), SCHEMA);
  const [first] = errors;
  if (first)
    throw new BadConfigurationError(`${first.message} at ${first.path ?? ''}: ${first.badElement ?? ''}`);
  return merge([], statements, SCHEMA).config;
}

const texts = new WeakMap<Config, string>();

/** A configuration's text. Configurations never change, and most of a history is printed again with each change. */
export function textOf(config: Config): string {
  const text = texts.get(config) ?? configText(config, SCHEMA);
  texts.set(config, text);
  return text;
}

export function snapshotOf(router: Router, lastSession: number): DeviceSnapshot {
  const { current } = router.pending;
  return {
    version: 1,
    history: router.history.commits.map(({ config, ...rest }) => ({
      ...rest,
      config: textOf(config),
    })),
    lastSession,
    ...(current
      ? {
          pending: {
            sequence: current.sequence,
            deadline: current.deadline,
            fallback: textOf(current.fallback),
          },
        }
      : {}),
  };
}

/** The commits of a snapshot; equal texts become one configuration. */
export function commitsOf(state: DeviceSnapshot): readonly Commit[] {
  const read = new Map<string, Config>();
  const configOf = (text: string): Config => {
    const config = read.get(text) ?? readConfig(text);
    read.set(text, config);
    return config;
  };
  return state.history.map((entry) => ({ ...entry, config: configOf(entry.config) }));
}
