/** `config schema`: the JSON Schema of a type's records. */
import { openStore } from '../etcd/store.ts';
import { recordJsonSchema } from '../templates/record-json-schema.ts';
import { typeNamed } from './config-record.ts';
import { didYouMean } from './did-you-mean.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { kindsIn } from './kinds-folder.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

export const OPTIONS = { templates: { type: 'string' } } as const;

/** With `--templates` etcd is not asked, so that a program can check records where there is no etcd. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['TYPE']);
  const [type] = positionals;
  const kinds = await kindsIn(values.templates, io.env);
  const ofFolder = kinds.get(type)?.kind.schema ?? kinds.neighbours.get(type);
  if (values.templates && ofFolder === undefined) {
    const known = [...kinds.keys(), ...kinds.neighbours.keys()].sort();
    throw new UsageError(
      `TYPE: expected one of ${known.join(', ')}, got ${quoted(type)}${didYouMean(type, known)}`,
    );
  }
  const store = values.templates ? undefined : openStore(etcdOptions(io.env));
  try {
    const schema = store === undefined ? ofFolder : (await typeNamed(type, { store, kinds })).schema;
    if (schema === undefined) throw new Error(`expected a schema of ${type}, got none`);
    io.stdout.write(`${JSON.stringify(recordJsonSchema(type, schema), undefined, 2)}\n`);
    return EXIT.ok;
  } finally {
    store?.close();
  }
}
