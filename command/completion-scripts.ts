/** The completion scripts of the shells. Pure. */

/** What a shell has to know of a command. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  /** What each argument may be, in order. An empty list: anything. Arguments behind the last of these may be anything. */
  readonly words: readonly (readonly string[])[];
  /** Options without a value, each with its dashes. */
  readonly flags: readonly string[];
  /** Options with a value, each with its dashes. */
  readonly valued: readonly string[];
}

/** Options whose value is a type of gateways. Behind the type that `--for` takes stands an id. */
const OF_TYPES: ReadonlySet<string> = new Set(['--type', '--for']);

/** `types`: the values that the options `OF_TYPES` take. */
export function bashScript(commands: readonly CompletedCommand[], types: readonly string[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const cases = commands.map(
    ({ name, words, flags, valued }) => `    ${name})
      flags='${flags.join(' ')}'
      valued='${valued.join(' ')}'
      words=(${words.map((some) => `'${some.join(' ')}'`).join(' ')})
      ;;`,
  );
  return `# Completion of gateway-saga for bash, made by: gateway-saga completion bash
_gateway_saga() {
  local flags='' valued='' index=2 count=0 current previous last list word
  local -a line=() words=()
  COMPREPLY=()
  # Readline breaks words at ":" and "=", too: HOST:PORT, --option=value. Here they are whole.
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD + 1}"; do
    if ((\${#line[@]} > 0)) && [[ $word == [:=]* || \${line[-1]} == *[:=] ]]; then
      line[-1]+=$word
    else
      line+=("$word")
    fi
  done
  last=$((\${#line[@]} - 1))
  current=\${line[last]}
  previous=\${line[last - 1]}
  if ((last == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '${names} --help --version' -- "$current")
    return
  fi
  if [[ $current == --*=* ]]; then
    previous=\${current%%=*}
    current=\${current#*=}
  fi
  case "\${line[1]}" in
${cases.join('\n')}
    *) return ;;
  esac
  if [[ ' ${[...OF_TYPES].join(' ')} ' == *" $previous "* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${types.join(' ')}' -- "$current")
    return
  fi
  # The value of an option: a file, for all that is known of it.
  if [[ " $valued " == *" $previous "* ]]; then
    compopt -o default
    return
  fi
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags $valued" -- "$current")
    return
  fi
  # Which argument it is: options and their values do not count.
  while ((index < last)); do
    if [[ " $valued " == *" \${line[index]} "* ]]; then
      ((index += 2))
      continue
    fi
    [[ \${line[index]} == -* ]] || ((count += 1))
    ((index += 1))
  done
  list="\${words[count]-}"
  if [[ -n $list ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$list" -- "$current")
  else
    compopt -o default
  fi
}
complete -F _gateway_saga gateway-saga
`;
}

/** The text as it can stand within single quotes of a shell. */
const inQuotes = (text: string): string => text.replaceAll("'", String.raw`'\''`);

export function zshScript(commands: readonly CompletedCommand[], types: readonly string[]): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${inQuotes(summary)}'`);
  const cases = commands.map(({ name, words, flags, valued }) => {
    const specs = [
      ...flags.map((option) => `'${option}'`),
      ...valued.map((option) =>
        OF_TYPES.has(option)
          ? `'${option}:type:(${types.join(' ')})${option === '--for' ? ':id:' : ''}'`
          : `'${option}:value:_files'`,
      ),
      ...words.map((some, index) =>
        some.length === 0 ? `'${index + 1}:argument:_files'` : `'${index + 1}:argument:(${some.join(' ')})'`,
      ),
      "'*:argument:_files'",
    ];
    return `    ${name}) _arguments ${specs.join(' ')} ;;`;
  });
  return `#compdef gateway-saga
# Completion of gateway-saga for zsh, made by: gateway-saga completion zsh
_gateway_saga() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT -= 1 ))
  case $command in
${cases.join('\n')}
  esac
}
# As a file of $fpath it is run at the first completion, which it answers then.
if [[ $funcstack[1] == _gateway-saga ]]; then
  _gateway_saga "$@"
else
  compdef _gateway_saga gateway-saga
fi
`;
}

export function fishScript(commands: readonly CompletedCommand[], types: readonly string[]): string {
  const lines = commands.flatMap(({ name, summary, words, flags, valued }) => {
    const within = `complete -c gateway-saga -n '__gateway_saga_is ${name}'`;
    return [
      `complete -c gateway-saga -n '__gateway_saga_is' -f -a ${name} -d '${inQuotes(summary)}'`,
      ...flags.map((option) => `${within} -l ${option.slice(2)}`),
      ...valued.map((option) =>
        OF_TYPES.has(option)
          ? `${within} -l ${option.slice(2)} -x -a '${types.join(' ')}'`
          : `${within} -l ${option.slice(2)} -r`,
      ),
      ...words.flatMap((some) => (some.length === 0 ? [] : [`${within} -f -a '${some.join(' ')}'`])),
    ];
  });
  return `# Completion of gateway-saga for fish, made by: gateway-saga completion fish
# Whether the command is the one that is given, or without one, whether there is none yet.
function __gateway_saga_is
  set -l words (commandline -opc)
  if test (count $argv) -eq 0
    test (count $words) -lt 2
  else
    test (count $words) -gt 1; and test $words[2] = $argv[1]
  end
end
${lines.join('\n')}
`;
}
