import type { Command, Option } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A command with the words that may follow it. */
interface Node {
  /** The command with those above it: `auth-service admin create`. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly (Word & { readonly takesValue: boolean; readonly choices: readonly string[] })[];
}

interface Word {
  readonly word: string;
  readonly help: string;
}

const describeOption = ({ argChoices, description, long, required, short }: Option) => ({
  word: long ?? short ?? '',
  help: description,
  takesValue: required,
  choices: argChoices ?? [],
});

/** Every command of the program, from the outer to the inner ones. */
function nodesOf(command: Command, above = ''): Node[] {
  const path = `${above} ${command.name()}`.trim();
  const help = { word: '--help', help: 'show help', takesValue: false, choices: [] };
  return [
    {
      path,
      commands: command.commands.map((child) => ({ word: child.name(), help: child.summary() })),
      options: [...command.options.filter(({ hidden }) => !hidden).map(describeOption), help],
    },
    ...command.commands.flatMap((child) => nodesOf(child, path)),
  ];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const words = (list: readonly Word[]): string => list.map(({ word }) => word).join(' ');

/** Lines of a `case` of the shell that finds what may follow a command, and what may follow an option. */
function caseLines(nodes: readonly Node[]): {
  readonly paths: string;
  readonly values: string;
  readonly next: string;
} {
  const inner = nodes.slice(1).map(({ path }) => quoted(path));
  const valueLines = nodes.flatMap(({ options, path }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ choices, word }) => `    ${quoted(`${path} ${word}`)}) values=${quoted(choices.join(' '))} ;;`),
  );
  const nextLines = nodes.map(
    ({ commands, options, path }) =>
      `    ${quoted(path)}) next=${quoted(words([...commands, ...options]))} ;;`,
  );
  return { paths: inner.join(' | '), values: valueLines.join('\n'), next: nextLines.join('\n') };
}

/** The part that bash and zsh share: from the words before the cursor to the words that may follow. */
function posixFinder(nodes: readonly Node[]): string {
  const { next, paths, values } = caseLines(nodes);
  return `# Sets next to what may follow the words, and values to the values of the last option: \`-\` if it takes none.
_auth_service_find() {
  local path=auth-service word last=
  for word in "$@"; do
    case "$path $word" in
      ${paths}) path="$path $word" ;;
    esac
    last=$word
  done
  values=-
  case "$path $last" in
${values}
  esac
  next=
  case "$path" in
${next}
  esac
}`;
}

const bash = (nodes: readonly Node[]): string => `# bash completion of auth-service
${posixFinder(nodes)}

_auth_service() {
  local next values current=\${COMP_WORDS[COMP_CWORD]}
  _auth_service_find "\${COMP_WORDS[@]:1:COMP_CWORD-1}"
  if [ "$values" != - ]; then
    COMPREPLY=($(compgen -W "$values" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$next" -- "$current"))
  fi
}

# Where an option takes another value, bash completes the names of files.
complete -o bashdefault -o default -F _auth_service auth-service
`;

const zsh = (nodes: readonly Node[]): string => `#compdef auth-service
# zsh completion of auth-service
${posixFinder(nodes)}

_auth_service() {
  local next values
  _auth_service_find "\${(@)words[2,CURRENT-1]}"
  if [ "$values" = - ]; then
    compadd -- \${=next}
  elif [ -n "$values" ]; then
    compadd -- \${=values}
  else
    _files
  fi
}

if [ "$funcstack[1]" = _auth_service ]; then
  _auth_service "$@"
else
  compdef _auth_service auth-service
fi
`;

/** The condition of fish that the words of this command are there, and none of a further one. */
function fishCondition({ commands, path }: Node): string {
  const [, ...above] = path.split(' ');
  const seen = above.map((word) => `__fish_seen_subcommand_from ${word}`);
  const inner = words(commands);
  const none = inner ? [`not __fish_seen_subcommand_from ${inner}`] : [];
  return [...seen, ...none].join('; and ') || 'true';
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap((node) => {
    const start = `complete -c auth-service -n ${quoted(fishCondition(node))}`;
    return [
      ...node.commands.map(({ help, word }) => `${start} -f -a ${word} -d ${quoted(help)}`),
      ...node.options.map(({ choices, help, takesValue, word }) => {
        const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
        return `${start} -l ${word.replace(/^--/, '')}${value} -d ${quoted(help)}`;
      }),
    ];
  });
  return `# fish completion of auth-service\n${lines.join('\n')}\n`;
}

const writers: Readonly<Record<Shell, (nodes: readonly Node[]) => string>> = { bash, zsh, fish };

/** The script with which a shell completes the commands and options of the program. */
export const completionScript = (program: Command, name: Shell): string => writers[name](nodesOf(program));
