/** A reporter for Stryker: writes each mutant with its fate as a line of JSON, as soon as it is known. What was tested stays if time ends. */
import { appendFileSync } from 'node:fs';
import type { MutantResult } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import type { Reporter } from '@stryker-mutator/api/report';

/** The environment variable with the path of the file to write to. */
export const FATES = 'GATEWAY_SAGA_MUTATION_FATES';

/** A mutant, and what became of it. Lines count from 1, columns from 0. */
export interface Fate extends Pick<MutantResult, 'mutatorName' | 'replacement' | 'status'> {
  readonly file: string;
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
  readonly killedBy: string | undefined;
}

class LineReporter implements Reporter {
  onMutantTested({ fileName, location, mutatorName, replacement, status, killedBy }: MutantResult): void {
    const { start, end } = location;
    const fate: Fate = {
      file: fileName,
      start,
      end,
      mutatorName,
      replacement,
      status,
      killedBy: killedBy?.[0],
    };
    appendFileSync(process.env[FATES] ?? '', `${JSON.stringify(fate)}\n`);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'lines', LineReporter)];
