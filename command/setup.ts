import { encodeSearchAttributeIndexedValueType as indexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { connectToTemporal } from '../client/connect.ts';
import { SEARCH_ATTRIBUTES } from '../gateway/messages.ts';
import { TEMPORAL_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { parseUsage } from './usage.ts';

const NAMES = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);

export const HELP = `Usage: gateway-saga setup

Registers the search attributes ${NAMES.slice(0, 5).join(', ')},
${NAMES.slice(5, -1).join(', ')} and ${NAMES.at(-1)} in the Temporal namespace, so that changes can be searched for.
Without them everything else works the same.

  --help         shows this

Exit code: 0 all are registered; 1 one has another type, or Temporal refuses; 2 not understood.

Examples:
  gateway-saga setup
  TEMPORAL_ADDRESS=temporal.example.net:7233 TEMPORAL_NAMESPACE=network gateway-saga setup
  temporal workflow list --query 'GatewayType = "vpn_gateway" AND GatewayOutcome = "failed"'

${TEMPORAL_HELP}`;

export const OPTIONS = {} as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  parseUsage(argv, OPTIONS, []);
  const temporal = await connectToTemporal({ env: io.env });
  const { namespace } = temporal.client.options;
  const { operatorService } = temporal.client.connection;
  try {
    const { customAttributes } = await temporal.call(() =>
      operatorService.listSearchAttributes({ namespace }),
    );
    let code: number = EXIT.ok;
    for (const { name, type } of Object.values(SEARCH_ATTRIBUTES)) {
      const wanted = indexedValueType(type);
      const found = customAttributes[name];
      if (wanted === undefined) throw new Error(`unknown type ${type} of ${name}`);
      if (found === undefined) {
        await temporal.call(() =>
          operatorService.addSearchAttributes({ namespace, searchAttributes: { [name]: wanted } }),
        );
        io.stdout.write(`${name} ${type} registered in ${namespace}\n`);
      } else if (found === wanted) {
        io.stdout.write(`${name} ${type} existed in ${namespace}\n`);
      } else {
        io.stderr.write(
          `${name}: expected type ${type} in ${namespace}, got ${nameOf(found)}; changes go without it\n`,
        );
        code = EXIT.otherwise;
      }
    }
    return code;
  } finally {
    await temporal.close();
  }
}

function nameOf(type: Parameters<typeof indexedValueType>[0]): string {
  const types = ['TEXT', 'KEYWORD', 'INT', 'DOUBLE', 'BOOL', 'DATETIME', 'KEYWORD_LIST'] as const;
  return types.find((name) => indexedValueType(name) === type) ?? 'another';
}
