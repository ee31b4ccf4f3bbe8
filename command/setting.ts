import { readdirSync, readFileSync } from 'node:fs';
import type { Environment } from '../client/profile.ts';
import { UsageError } from './usage.ts';

/** A value that a person gave. `by`: the flag or the environment variable that gave it, which messages name. */
export interface Setting {
  readonly by: string;
  readonly value: string;
}

/** The flag's value, else the variable's. An empty value counts as none. */
export function settingOf(
  [flag, value]: readonly [flag: string, value: string | undefined],
  variable: string,
  env: Environment,
): Setting | undefined {
  if (value) return { by: flag, value };
  const ofVariable = env[variable];
  return ofVariable ? { by: variable, value: ofVariable } : undefined;
}

/** Reads a file. No message quotes the content, which may be a key. */
export function textOf({ by, value: path }: Setting, expected = 'a readable file'): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`${by}: expected ${expected}, got ${path}`, { cause });
  }
}

/** The path of a file that can be read. */
export function fileOf(file: Setting): string {
  textOf(file);
  return file.value;
}

/** The path of a folder that can be read. */
export function folderOf({ by, value: path }: Setting): string {
  try {
    readdirSync(path);
    return path;
  } catch (cause) {
    throw new UsageError(`${by}: expected a readable folder, got ${path}`, { cause });
  }
}
