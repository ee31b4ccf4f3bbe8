/** Which gateways a command is for: those of its arguments, or those that a file lists, each as it was named there. */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { workflowIdOf, type ChangeRequest } from '../client/index.ts';
import type { CommandIo } from './io.ts';
import { namedGateway, problemOfWords } from './named-gateways.ts';
import { quoted, UsageError, wholeNumber } from './usage.ts';

interface Given {
  readonly file?: string | undefined;
  readonly version?: string | undefined;
}

/** Each gateway once, in the order given. Throws a `UsageError` or an `InvalidRequestError` for anything else. */
export async function requestsOf(
  positionals: readonly string[],
  { file, version: text }: Given,
  io: Pick<CommandIo, 'stdin'>,
): Promise<readonly ChangeRequest[]> {
  const [resourceType, ...ids] = positionals;
  const isUnderstood = file === undefined ? ids.length > 0 : resourceType === undefined;
  if (!isUnderstood) {
    const got = [...positionals.map(quoted), ...(file === undefined ? [] : ['--file'])].join(' ');
    throw new UsageError(`expected TYPE ID…, or --file FILE, got ${got === '' ? 'no argument' : got}`);
  }
  const version = wholeNumber('--version', text);
  const given =
    file === undefined
      ? ids.map((word) => namedGateway(resourceType ?? '', word))
      : listed(await contentOf(file, io), file);
  const requests = [...new Map(given.map((request) => [workflowIdOf(request), request])).values()];
  if (version === undefined) return requests;
  if (requests.length > 1)
    throw new UsageError(`--version: expected one gateway with it, got ${requests.length}`);
  return requests.map((request) => ({ ...request, version }));
}

async function contentOf(
  file: string,
  { stdin = Readable.from([]) }: Pick<CommandIo, 'stdin'>,
): Promise<string> {
  if (file === '-') return text(stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`--file: expected a readable file, or -, got ${quoted(file)}`, { cause });
  }
}

/** One `TYPE ID` a line. Empty lines and what follows a `#` are skipped. */
function listed(content: string, file: string): readonly ChangeRequest[] {
  const requests = content.split('\n').flatMap((line, index): ChangeRequest[] => {
    const words = line
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) return [];
    const at = `--file ${file === '-' ? 'standard input' : file}, line ${index + 1}`;
    if (words.length !== 2) throw new UsageError(`${at}: expected TYPE ID, got ${quoted(line.trim())}`);
    const [resourceType = '', resourceId = ''] = words;
    const problem = problemOfWords({ resourceType, resourceId });
    if (problem === undefined) return [{ resourceType, resourceId }];
    throw new UsageError(
      `${at}: ${problem.field}: expected ${problem.expected}, got ${quoted(String(problem.got))}`,
    );
  });
  if (requests.length === 0)
    throw new UsageError('--file: expected at least one line with TYPE ID, got none');
  return requests;
}
