#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 20)) {
    console.error('espalier needs Node 22.20 or later; this is Node ' + process.versions.node + '.');
    process.exit(3);
  }
}
import {
  recordTrial,
  runFinal,
  testMerged,
  toError,
  toTested,
  verifyChange
} from "./parts/chunk-OIYRRMXV.mjs";
import {
  EXIT_CODE_TABLE,
  REDELIVERY_WINDOW_MS,
  exitCodeOf,
  readPrivateKey,
  signAppToken
} from "./parts/chunk-NHN6Z6FL.mjs";
import {
  SYSTEM_CLOCK
} from "./parts/chunk-D6IQOPGM.mjs";
import {
  GATE_STYLES,
  LedgerError,
  RULE_STYLES,
  STATE_STYLES,
  buildRunReport,
  cancelPlan,
  cancelTask,
  changeLedger,
  changeLedgers,
  claimHolder,
  comparePlans,
  createLedger,
  createQueueLedger,
  cutRow,
  cutText,
  decide,
  diffLines,
  findLiveHolder,
  fitText,
  followLanding,
  glyphsFor,
  line,
  openDraft,
  paragraph,
  pausePlan,
  readLedgers,
  readPlan,
  releaseHolder,
  renderCheckMermaid,
  renderRows,
  renderRunReport,
  renewTries,
  resumePlan,
  retryTask,
  revisePlan,
  settleDraft,
  span,
  summarizePlan,
  textWidth,
  thawTarget,
  viewPlan,
  wrapText,
  writeLedgers
} from "./parts/chunk-VU4F2ITD.mjs";
import "./parts/chunk-PT24LNPS.mjs";
import {
  workKey
} from "./parts/chunk-KOHP7R6O.mjs";
import {
  openGitHubByToken
} from "./parts/chunk-PK42BOFK.mjs";
import {
  Commit,
  CommitName,
  DEFAULT_PACE,
  GitHubError,
  LABELS,
  Octokit,
  PAGE_SIZE,
  TreeName,
  openGitHubClient,
  openRequestPacer,
  readPages,
  writeObserveQuery
} from "./parts/chunk-CQY33ZTP.mjs";
import "./parts/chunk-HVR6NXFW.mjs";
import {
  openLeftRuns
} from "./parts/chunk-4BHSUC2O.mjs";
import {
  doWork
} from "./parts/chunk-FFMJ4AMD.mjs";
import {
  CLONE_NAMESPACE_FLAGS,
  beginState,
  clearLeftovers,
  findPortNameProblem,
  findToolPaths,
  isDiskFull,
  logLine,
  makeFailure,
  openEvidenceFiles,
  openPortLeases,
  openSandbox,
  probeEngines,
  renderCommand,
  runPart,
  toEvidence,
  writeFileWhole
} from "./parts/chunk-2AD5ONI5.mjs";
import {
  attemptOrder,
  composeGitEnv,
  finalOrder,
  openGit,
  openWorkFiles,
  runGit,
  runGitOrFail,
  trialOrder
} from "./parts/chunk-DG6M2LVP.mjs";
import {
  findEnvironmentSecrets
} from "./parts/chunk-CKL3C6WY.mjs";
import "./parts/chunk-3ITKD4LT.mjs";
import {
  extractConflictHunks,
  quoteWord,
  renderConflictFeedback,
  showCommand
} from "./parts/chunk-VMCFKXXI.mjs";
import {
  findIgnoredSettings,
  mergeMessage,
  nameTasks,
  resolvePlan,
  suiteDigest
} from "./parts/chunk-CAA5KSZQ.mjs";
import {
  CONFIG_PATH,
  MAX_CONFIG_LENGTH,
  PROFILES,
  countOf,
  describeAgent,
  formatClock,
  formatDuration,
  formatScore,
  formatTimestamp,
  formatUsd,
  landedAttempt,
  lastAttempt,
  readAgentText,
  readConfig,
  shortSha
} from "./parts/chunk-GMXT2ENO.mjs";
import {
  commitField
} from "./parts/chunk-XUAMTQD7.mjs";
import {
  HOSTED_DEFAULTS
} from "./parts/chunk-SBM5ZMS6.mjs";
import {
  branchFor,
  caretOffset,
  findNearestName,
  formatMinutes,
  readDuration,
  readMoney,
  require_dist,
  splitCommand
} from "./parts/chunk-CICE3PZ7.mjs";
import {
  redactSecrets
} from "./parts/chunk-EM5YRON7.mjs";
import {
  cleanBlock,
  cleanLine,
  escapeText,
  external_exports,
  isObjectName,
  isUnshowable,
  readBranchName,
  readPlanId,
  readTaskId
} from "./parts/chunk-AVVG3THQ.mjs";
import {
  INSTALL_COMMANDS,
  PROFILE_RULES,
  checkVariable,
  isWithin,
  limitResources,
  planRunPrefix,
  readMachine,
  syscallNumber
} from "./parts/chunk-AUMJUHMA.mjs";
import {
  onExit
} from "./parts/chunk-BEFDHR73.mjs";
import {
  PROPERTIES,
  SANDBOX_ENGINES,
  digestText
} from "./parts/chunk-TFCDRFP4.mjs";
import {
  __callDispose,
  __commonJS,
  __export,
  __require,
  __toESM,
  __using
} from "./parts/chunk-4P42K4ID.mjs";

// node_modules/commander/lib/error.js
var require_error = __commonJS({
  "node_modules/commander/lib/error.js"(exports) {
    var CommanderError2 = class extends Error {
      /**
       * Constructs the CommanderError class
       * @param {number} exitCode suggested exit code which could be used with process.exit
       * @param {string} code an id string representing the error
       * @param {string} message human-readable description of the error
       */
      constructor(exitCode, code, message) {
        super(message);
        Error.captureStackTrace(this, this.constructor);
        this.name = this.constructor.name;
        this.code = code;
        this.exitCode = exitCode;
        this.nestedError = void 0;
      }
    };
    var InvalidArgumentError2 = class extends CommanderError2 {
      /**
       * Constructs the InvalidArgumentError class
       * @param {string} [message] explanation of why argument is invalid
       */
      constructor(message) {
        super(1, "commander.invalidArgument", message);
        Error.captureStackTrace(this, this.constructor);
        this.name = this.constructor.name;
      }
    };
    exports.CommanderError = CommanderError2;
    exports.InvalidArgumentError = InvalidArgumentError2;
  }
});

// node_modules/commander/lib/argument.js
var require_argument = __commonJS({
  "node_modules/commander/lib/argument.js"(exports) {
    var { InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var Argument2 = class {
      /**
       * Initialize a new command argument with the given name and description.
       * The default is that the argument is required, and you can explicitly
       * indicate this with <> around the name. Put [] around the name for an optional argument.
       *
       * @param {string} name
       * @param {string} [description]
       */
      constructor(name, description) {
        this.description = description || "";
        this.variadic = false;
        this.parseArg = void 0;
        this.defaultValue = void 0;
        this.defaultValueDescription = void 0;
        this.argChoices = void 0;
        switch (name[0]) {
          case "<":
            this.required = true;
            this._name = name.slice(1, -1);
            break;
          case "[":
            this.required = false;
            this._name = name.slice(1, -1);
            break;
          default:
            this.required = true;
            this._name = name;
            break;
        }
        if (this._name.endsWith("...")) {
          this.variadic = true;
          this._name = this._name.slice(0, -3);
        }
      }
      /**
       * Return argument name.
       *
       * @return {string}
       */
      name() {
        return this._name;
      }
      /**
       * @package
       */
      _collectValue(value, previous) {
        if (previous === this.defaultValue || !Array.isArray(previous)) {
          return [value];
        }
        previous.push(value);
        return previous;
      }
      /**
       * Set the default value, and optionally supply the description to be displayed in the help.
       *
       * @param {*} value
       * @param {string} [description]
       * @return {Argument}
       */
      default(value, description) {
        this.defaultValue = value;
        this.defaultValueDescription = description;
        return this;
      }
      /**
       * Set the custom handler for processing CLI command arguments into argument values.
       *
       * @param {Function} [fn]
       * @return {Argument}
       */
      argParser(fn) {
        this.parseArg = fn;
        return this;
      }
      /**
       * Only allow argument value to be one of choices.
       *
       * @param {string[]} values
       * @return {Argument}
       */
      choices(values) {
        this.argChoices = values.slice();
        this.parseArg = (arg, previous) => {
          if (!this.argChoices.includes(arg)) {
            throw new InvalidArgumentError2(
              `Allowed choices are ${this.argChoices.join(", ")}.`
            );
          }
          if (this.variadic) {
            return this._collectValue(arg, previous);
          }
          return arg;
        };
        return this;
      }
      /**
       * Make argument required.
       *
       * @returns {Argument}
       */
      argRequired() {
        this.required = true;
        return this;
      }
      /**
       * Make argument optional.
       *
       * @returns {Argument}
       */
      argOptional() {
        this.required = false;
        return this;
      }
    };
    function humanReadableArgName(arg) {
      const nameOutput = arg.name() + (arg.variadic === true ? "..." : "");
      return arg.required ? "<" + nameOutput + ">" : "[" + nameOutput + "]";
    }
    exports.Argument = Argument2;
    exports.humanReadableArgName = humanReadableArgName;
  }
});

// node_modules/commander/lib/help.js
var require_help = __commonJS({
  "node_modules/commander/lib/help.js"(exports) {
    var { humanReadableArgName } = require_argument();
    var Help2 = class {
      constructor() {
        this.helpWidth = void 0;
        this.minWidthToWrap = 40;
        this.sortSubcommands = false;
        this.sortOptions = false;
        this.showGlobalOptions = false;
      }
      /**
       * prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
       * and just before calling `formatHelp()`.
       *
       * Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
       *
       * @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
       */
      prepareContext(contextOptions) {
        this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
      }
      /**
       * Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
       *
       * @param {Command} cmd
       * @returns {Command[]}
       */
      visibleCommands(cmd) {
        const visibleCommands = cmd.commands.filter((cmd2) => !cmd2._hidden);
        const helpCommand = cmd._getHelpCommand();
        if (helpCommand && !helpCommand._hidden) {
          visibleCommands.push(helpCommand);
        }
        if (this.sortSubcommands) {
          visibleCommands.sort((a, b) => {
            return a.name().localeCompare(b.name());
          });
        }
        return visibleCommands;
      }
      /**
       * Compare options for sort.
       *
       * @param {Option} a
       * @param {Option} b
       * @returns {number}
       */
      compareOptions(a, b) {
        const getSortKey = (option) => {
          return option.short ? option.short.replace(/^-/, "") : option.long.replace(/^--/, "");
        };
        return getSortKey(a).localeCompare(getSortKey(b));
      }
      /**
       * Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
       *
       * @param {Command} cmd
       * @returns {Option[]}
       */
      visibleOptions(cmd) {
        const visibleOptions = cmd.options.filter((option) => !option.hidden);
        const helpOption = cmd._getHelpOption();
        if (helpOption && !helpOption.hidden) {
          const removeShort = helpOption.short && cmd._findOption(helpOption.short);
          const removeLong = helpOption.long && cmd._findOption(helpOption.long);
          if (!removeShort && !removeLong) {
            visibleOptions.push(helpOption);
          } else if (helpOption.long && !removeLong) {
            visibleOptions.push(
              cmd.createOption(helpOption.long, helpOption.description)
            );
          } else if (helpOption.short && !removeShort) {
            visibleOptions.push(
              cmd.createOption(helpOption.short, helpOption.description)
            );
          }
        }
        if (this.sortOptions) {
          visibleOptions.sort(this.compareOptions);
        }
        return visibleOptions;
      }
      /**
       * Get an array of the visible global options. (Not including help.)
       *
       * @param {Command} cmd
       * @returns {Option[]}
       */
      visibleGlobalOptions(cmd) {
        if (!this.showGlobalOptions) return [];
        const globalOptions = [];
        for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
          const visibleOptions = ancestorCmd.options.filter(
            (option) => !option.hidden
          );
          globalOptions.push(...visibleOptions);
        }
        if (this.sortOptions) {
          globalOptions.sort(this.compareOptions);
        }
        return globalOptions;
      }
      /**
       * Get an array of the arguments if any have a description.
       *
       * @param {Command} cmd
       * @returns {Argument[]}
       */
      visibleArguments(cmd) {
        if (cmd._argsDescription) {
          cmd.registeredArguments.forEach((argument) => {
            argument.description = argument.description || cmd._argsDescription[argument.name()] || "";
          });
        }
        if (cmd.registeredArguments.find((argument) => argument.description)) {
          return cmd.registeredArguments;
        }
        return [];
      }
      /**
       * Get the command term to show in the list of subcommands.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      subcommandTerm(cmd) {
        const args = cmd.registeredArguments.map((arg) => humanReadableArgName(arg)).join(" ");
        return cmd._name + (cmd._aliases[0] ? "|" + cmd._aliases[0] : "") + (cmd.options.length ? " [options]" : "") + // simplistic check for non-help option
        (args ? " " + args : "");
      }
      /**
       * Get the option term to show in the list of options.
       *
       * @param {Option} option
       * @returns {string}
       */
      optionTerm(option) {
        return option.flags;
      }
      /**
       * Get the argument term to show in the list of arguments.
       *
       * @param {Argument} argument
       * @returns {string}
       */
      argumentTerm(argument) {
        return argument.name();
      }
      /**
       * Get the longest command term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestSubcommandTermLength(cmd, helper) {
        return helper.visibleCommands(cmd).reduce((max, command) => {
          return Math.max(
            max,
            this.displayWidth(
              helper.styleSubcommandTerm(helper.subcommandTerm(command))
            )
          );
        }, 0);
      }
      /**
       * Get the longest option term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestOptionTermLength(cmd, helper) {
        return helper.visibleOptions(cmd).reduce((max, option) => {
          return Math.max(
            max,
            this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
          );
        }, 0);
      }
      /**
       * Get the longest global option term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestGlobalOptionTermLength(cmd, helper) {
        return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
          return Math.max(
            max,
            this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
          );
        }, 0);
      }
      /**
       * Get the longest argument term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestArgumentTermLength(cmd, helper) {
        return helper.visibleArguments(cmd).reduce((max, argument) => {
          return Math.max(
            max,
            this.displayWidth(
              helper.styleArgumentTerm(helper.argumentTerm(argument))
            )
          );
        }, 0);
      }
      /**
       * Get the command usage to be displayed at the top of the built-in help.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      commandUsage(cmd) {
        let cmdName = cmd._name;
        if (cmd._aliases[0]) {
          cmdName = cmdName + "|" + cmd._aliases[0];
        }
        let ancestorCmdNames = "";
        for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
          ancestorCmdNames = ancestorCmd.name() + " " + ancestorCmdNames;
        }
        return ancestorCmdNames + cmdName + " " + cmd.usage();
      }
      /**
       * Get the description for the command.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      commandDescription(cmd) {
        return cmd.description();
      }
      /**
       * Get the subcommand summary to show in the list of subcommands.
       * (Fallback to description for backwards compatibility.)
       *
       * @param {Command} cmd
       * @returns {string}
       */
      subcommandDescription(cmd) {
        return cmd.summary() || cmd.description();
      }
      /**
       * Get the option description to show in the list of options.
       *
       * @param {Option} option
       * @return {string}
       */
      optionDescription(option) {
        const extraInfo = [];
        if (option.argChoices) {
          extraInfo.push(
            // use stringify to match the display of the default value
            `choices: ${option.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`
          );
        }
        if (option.defaultValue !== void 0) {
          const showDefault = option.required || option.optional || option.isBoolean() && typeof option.defaultValue === "boolean";
          if (showDefault) {
            extraInfo.push(
              `default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`
            );
          }
        }
        if (option.presetArg !== void 0 && option.optional) {
          extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
        }
        if (option.envVar !== void 0) {
          extraInfo.push(`env: ${option.envVar}`);
        }
        if (extraInfo.length > 0) {
          const extraDescription = `(${extraInfo.join(", ")})`;
          if (option.description) {
            return `${option.description} ${extraDescription}`;
          }
          return extraDescription;
        }
        return option.description;
      }
      /**
       * Get the argument description to show in the list of arguments.
       *
       * @param {Argument} argument
       * @return {string}
       */
      argumentDescription(argument) {
        const extraInfo = [];
        if (argument.argChoices) {
          extraInfo.push(
            // use stringify to match the display of the default value
            `choices: ${argument.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`
          );
        }
        if (argument.defaultValue !== void 0) {
          extraInfo.push(
            `default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`
          );
        }
        if (extraInfo.length > 0) {
          const extraDescription = `(${extraInfo.join(", ")})`;
          if (argument.description) {
            return `${argument.description} ${extraDescription}`;
          }
          return extraDescription;
        }
        return argument.description;
      }
      /**
       * Format a list of items, given a heading and an array of formatted items.
       *
       * @param {string} heading
       * @param {string[]} items
       * @param {Help} helper
       * @returns string[]
       */
      formatItemList(heading2, items, helper) {
        if (items.length === 0) return [];
        return [helper.styleTitle(heading2), ...items, ""];
      }
      /**
       * Group items by their help group heading.
       *
       * @param {Command[] | Option[]} unsortedItems
       * @param {Command[] | Option[]} visibleItems
       * @param {Function} getGroup
       * @returns {Map<string, Command[] | Option[]>}
       */
      groupItems(unsortedItems, visibleItems, getGroup) {
        const result = /* @__PURE__ */ new Map();
        unsortedItems.forEach((item) => {
          const group = getGroup(item);
          if (!result.has(group)) result.set(group, []);
        });
        visibleItems.forEach((item) => {
          const group = getGroup(item);
          if (!result.has(group)) {
            result.set(group, []);
          }
          result.get(group).push(item);
        });
        return result;
      }
      /**
       * Generate the built-in help text.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {string}
       */
      formatHelp(cmd, helper) {
        const termWidth = helper.padWidth(cmd, helper);
        const helpWidth = helper.helpWidth ?? 80;
        function callFormatItem(term, description) {
          return helper.formatItem(term, termWidth, description, helper);
        }
        let output = [
          `${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(cmd))}`,
          ""
        ];
        const commandDescription = helper.commandDescription(cmd);
        if (commandDescription.length > 0) {
          output = output.concat([
            helper.boxWrap(
              helper.styleCommandDescription(commandDescription),
              helpWidth
            ),
            ""
          ]);
        }
        const argumentList = helper.visibleArguments(cmd).map((argument) => {
          return callFormatItem(
            helper.styleArgumentTerm(helper.argumentTerm(argument)),
            helper.styleArgumentDescription(helper.argumentDescription(argument))
          );
        });
        output = output.concat(
          this.formatItemList("Arguments:", argumentList, helper)
        );
        const optionGroups = this.groupItems(
          cmd.options,
          helper.visibleOptions(cmd),
          (option) => option.helpGroupHeading ?? "Options:"
        );
        optionGroups.forEach((options, group) => {
          const optionList = options.map((option) => {
            return callFormatItem(
              helper.styleOptionTerm(helper.optionTerm(option)),
              helper.styleOptionDescription(helper.optionDescription(option))
            );
          });
          output = output.concat(this.formatItemList(group, optionList, helper));
        });
        if (helper.showGlobalOptions) {
          const globalOptionList = helper.visibleGlobalOptions(cmd).map((option) => {
            return callFormatItem(
              helper.styleOptionTerm(helper.optionTerm(option)),
              helper.styleOptionDescription(helper.optionDescription(option))
            );
          });
          output = output.concat(
            this.formatItemList("Global Options:", globalOptionList, helper)
          );
        }
        const commandGroups = this.groupItems(
          cmd.commands,
          helper.visibleCommands(cmd),
          (sub) => sub.helpGroup() || "Commands:"
        );
        commandGroups.forEach((commands, group) => {
          const commandList = commands.map((sub) => {
            return callFormatItem(
              helper.styleSubcommandTerm(helper.subcommandTerm(sub)),
              helper.styleSubcommandDescription(helper.subcommandDescription(sub))
            );
          });
          output = output.concat(this.formatItemList(group, commandList, helper));
        });
        return output.join("\n");
      }
      /**
       * Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
       *
       * @param {string} str
       * @returns {number}
       */
      displayWidth(str) {
        return stripColor(str).length;
      }
      /**
       * Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
       *
       * @param {string} str
       * @returns {string}
       */
      styleTitle(str) {
        return str;
      }
      styleUsage(str) {
        return str.split(" ").map((word2) => {
          if (word2 === "[options]") return this.styleOptionText(word2);
          if (word2 === "[command]") return this.styleSubcommandText(word2);
          if (word2[0] === "[" || word2[0] === "<")
            return this.styleArgumentText(word2);
          return this.styleCommandText(word2);
        }).join(" ");
      }
      styleCommandDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleOptionDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleSubcommandDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleArgumentDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleDescriptionText(str) {
        return str;
      }
      styleOptionTerm(str) {
        return this.styleOptionText(str);
      }
      styleSubcommandTerm(str) {
        return str.split(" ").map((word2) => {
          if (word2 === "[options]") return this.styleOptionText(word2);
          if (word2[0] === "[" || word2[0] === "<")
            return this.styleArgumentText(word2);
          return this.styleSubcommandText(word2);
        }).join(" ");
      }
      styleArgumentTerm(str) {
        return this.styleArgumentText(str);
      }
      styleOptionText(str) {
        return str;
      }
      styleArgumentText(str) {
        return str;
      }
      styleSubcommandText(str) {
        return str;
      }
      styleCommandText(str) {
        return str;
      }
      /**
       * Calculate the pad width from the maximum term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      padWidth(cmd, helper) {
        return Math.max(
          helper.longestOptionTermLength(cmd, helper),
          helper.longestGlobalOptionTermLength(cmd, helper),
          helper.longestSubcommandTermLength(cmd, helper),
          helper.longestArgumentTermLength(cmd, helper)
        );
      }
      /**
       * Detect manually wrapped and indented strings by checking for line break followed by whitespace.
       *
       * @param {string} str
       * @returns {boolean}
       */
      preformatted(str) {
        return /\n[^\S\r\n]/.test(str);
      }
      /**
       * Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
       *
       * So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
       *   TTT  DDD DDDD
       *        DD DDD
       *
       * @param {string} term
       * @param {number} termWidth
       * @param {string} description
       * @param {Help} helper
       * @returns {string}
       */
      formatItem(term, termWidth, description, helper) {
        const itemIndent = 2;
        const itemIndentStr = " ".repeat(itemIndent);
        if (!description) return itemIndentStr + term;
        const paddedTerm = term.padEnd(
          termWidth + term.length - helper.displayWidth(term)
        );
        const spacerWidth = 2;
        const helpWidth = this.helpWidth ?? 80;
        const remainingWidth = helpWidth - termWidth - spacerWidth - itemIndent;
        let formattedDescription;
        if (remainingWidth < this.minWidthToWrap || helper.preformatted(description)) {
          formattedDescription = description;
        } else {
          const wrappedDescription = helper.boxWrap(description, remainingWidth);
          formattedDescription = wrappedDescription.replace(
            /\n/g,
            "\n" + " ".repeat(termWidth + spacerWidth)
          );
        }
        return itemIndentStr + paddedTerm + " ".repeat(spacerWidth) + formattedDescription.replace(/\n/g, `
${itemIndentStr}`);
      }
      /**
       * Wrap a string at whitespace, preserving existing line breaks.
       * Wrapping is skipped if the width is less than `minWidthToWrap`.
       *
       * @param {string} str
       * @param {number} width
       * @returns {string}
       */
      boxWrap(str, width) {
        if (width < this.minWidthToWrap) return str;
        const rawLines = str.split(/\r\n|\n/);
        const chunkPattern = /[\s]*[^\s]+/g;
        const wrappedLines = [];
        rawLines.forEach((line2) => {
          const chunks = line2.match(chunkPattern);
          if (chunks === null) {
            wrappedLines.push("");
            return;
          }
          let sumChunks = [chunks.shift()];
          let sumWidth = this.displayWidth(sumChunks[0]);
          chunks.forEach((chunk) => {
            const visibleWidth = this.displayWidth(chunk);
            if (sumWidth + visibleWidth <= width) {
              sumChunks.push(chunk);
              sumWidth += visibleWidth;
              return;
            }
            wrappedLines.push(sumChunks.join(""));
            const nextChunk = chunk.trimStart();
            sumChunks = [nextChunk];
            sumWidth = this.displayWidth(nextChunk);
          });
          wrappedLines.push(sumChunks.join(""));
        });
        return wrappedLines.join("\n");
      }
    };
    function stripColor(str) {
      const sgrPattern = /\x1b\[\d*(;\d*)*m/g;
      return str.replace(sgrPattern, "");
    }
    exports.Help = Help2;
    exports.stripColor = stripColor;
  }
});

// node_modules/commander/lib/option.js
var require_option = __commonJS({
  "node_modules/commander/lib/option.js"(exports) {
    var { InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var Option2 = class {
      /**
       * Initialize a new `Option` with the given `flags` and `description`.
       *
       * @param {string} flags
       * @param {string} [description]
       */
      constructor(flags, description) {
        this.flags = flags;
        this.description = description || "";
        this.required = flags.includes("<");
        this.optional = flags.includes("[");
        this.variadic = /\w\.\.\.[>\]]$/.test(flags);
        this.mandatory = false;
        const optionFlags = splitOptionFlags(flags);
        this.short = optionFlags.shortFlag;
        this.long = optionFlags.longFlag;
        this.negate = false;
        if (this.long) {
          this.negate = this.long.startsWith("--no-");
        }
        this.defaultValue = void 0;
        this.defaultValueDescription = void 0;
        this.presetArg = void 0;
        this.envVar = void 0;
        this.parseArg = void 0;
        this.hidden = false;
        this.argChoices = void 0;
        this.conflictsWith = [];
        this.implied = void 0;
        this.helpGroupHeading = void 0;
      }
      /**
       * Set the default value, and optionally supply the description to be displayed in the help.
       *
       * @param {*} value
       * @param {string} [description]
       * @return {Option}
       */
      default(value, description) {
        this.defaultValue = value;
        this.defaultValueDescription = description;
        return this;
      }
      /**
       * Preset to use when option used without option-argument, especially optional but also boolean and negated.
       * The custom processing (parseArg) is called.
       *
       * @example
       * new Option('--color').default('GREYSCALE').preset('RGB');
       * new Option('--donate [amount]').preset('20').argParser(parseFloat);
       *
       * @param {*} arg
       * @return {Option}
       */
      preset(arg) {
        this.presetArg = arg;
        return this;
      }
      /**
       * Add option name(s) that conflict with this option.
       * An error will be displayed if conflicting options are found during parsing.
       *
       * @example
       * new Option('--rgb').conflicts('cmyk');
       * new Option('--js').conflicts(['ts', 'jsx']);
       *
       * @param {(string | string[])} names
       * @return {Option}
       */
      conflicts(names) {
        this.conflictsWith = this.conflictsWith.concat(names);
        return this;
      }
      /**
       * Specify implied option values for when this option is set and the implied options are not.
       *
       * The custom processing (parseArg) is not called on the implied values.
       *
       * @example
       * program
       *   .addOption(new Option('--log', 'write logging information to file'))
       *   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
       *
       * @param {object} impliedOptionValues
       * @return {Option}
       */
      implies(impliedOptionValues) {
        let newImplied = impliedOptionValues;
        if (typeof impliedOptionValues === "string") {
          newImplied = { [impliedOptionValues]: true };
        }
        this.implied = Object.assign(this.implied || {}, newImplied);
        return this;
      }
      /**
       * Set environment variable to check for option value.
       *
       * An environment variable is only used if when processed the current option value is
       * undefined, or the source of the current value is 'default' or 'config' or 'env'.
       *
       * @param {string} name
       * @return {Option}
       */
      env(name) {
        this.envVar = name;
        return this;
      }
      /**
       * Set the custom handler for processing CLI option arguments into option values.
       *
       * @param {Function} [fn]
       * @return {Option}
       */
      argParser(fn) {
        this.parseArg = fn;
        return this;
      }
      /**
       * Whether the option is mandatory and must have a value after parsing.
       *
       * @param {boolean} [mandatory=true]
       * @return {Option}
       */
      makeOptionMandatory(mandatory = true) {
        this.mandatory = !!mandatory;
        return this;
      }
      /**
       * Hide option in help.
       *
       * @param {boolean} [hide=true]
       * @return {Option}
       */
      hideHelp(hide = true) {
        this.hidden = !!hide;
        return this;
      }
      /**
       * @package
       */
      _collectValue(value, previous) {
        if (previous === this.defaultValue || !Array.isArray(previous)) {
          return [value];
        }
        previous.push(value);
        return previous;
      }
      /**
       * Only allow option value to be one of choices.
       *
       * @param {string[]} values
       * @return {Option}
       */
      choices(values) {
        this.argChoices = values.slice();
        this.parseArg = (arg, previous) => {
          if (!this.argChoices.includes(arg)) {
            throw new InvalidArgumentError2(
              `Allowed choices are ${this.argChoices.join(", ")}.`
            );
          }
          if (this.variadic) {
            return this._collectValue(arg, previous);
          }
          return arg;
        };
        return this;
      }
      /**
       * Return option name.
       *
       * @return {string}
       */
      name() {
        if (this.long) {
          return this.long.replace(/^--/, "");
        }
        return this.short.replace(/^-/, "");
      }
      /**
       * Return option name, in a camelcase format that can be used
       * as an object attribute key.
       *
       * @return {string}
       */
      attributeName() {
        if (this.negate) {
          return camelcase(this.name().replace(/^no-/, ""));
        }
        return camelcase(this.name());
      }
      /**
       * Set the help group heading.
       *
       * @param {string} heading
       * @return {Option}
       */
      helpGroup(heading2) {
        this.helpGroupHeading = heading2;
        return this;
      }
      /**
       * Check if `arg` matches the short or long flag.
       *
       * @param {string} arg
       * @return {boolean}
       * @package
       */
      is(arg) {
        return this.short === arg || this.long === arg;
      }
      /**
       * Return whether a boolean option.
       *
       * Options are one of boolean, negated, required argument, or optional argument.
       *
       * @return {boolean}
       * @package
       */
      isBoolean() {
        return !this.required && !this.optional && !this.negate;
      }
    };
    var DualOptions = class {
      /**
       * @param {Option[]} options
       */
      constructor(options) {
        this.positiveOptions = /* @__PURE__ */ new Map();
        this.negativeOptions = /* @__PURE__ */ new Map();
        this.dualOptions = /* @__PURE__ */ new Set();
        options.forEach((option) => {
          if (option.negate) {
            this.negativeOptions.set(option.attributeName(), option);
          } else {
            this.positiveOptions.set(option.attributeName(), option);
          }
        });
        this.negativeOptions.forEach((value, key) => {
          if (this.positiveOptions.has(key)) {
            this.dualOptions.add(key);
          }
        });
      }
      /**
       * Did the value come from the option, and not from possible matching dual option?
       *
       * @param {*} value
       * @param {Option} option
       * @returns {boolean}
       */
      valueFromOption(value, option) {
        const optionKey = option.attributeName();
        if (!this.dualOptions.has(optionKey)) return true;
        const preset = this.negativeOptions.get(optionKey).presetArg;
        const negativeValue = preset !== void 0 ? preset : false;
        return option.negate === (negativeValue === value);
      }
    };
    function camelcase(str) {
      return str.split("-").reduce((str2, word2) => {
        return str2 + word2[0].toUpperCase() + word2.slice(1);
      });
    }
    function splitOptionFlags(flags) {
      let shortFlag;
      let longFlag;
      const shortFlagExp = /^-[^-]$/;
      const longFlagExp = /^--[^-]/;
      const flagParts = flags.split(/[ |,]+/).concat("guard");
      if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
      if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
      if (!shortFlag && shortFlagExp.test(flagParts[0]))
        shortFlag = flagParts.shift();
      if (!shortFlag && longFlagExp.test(flagParts[0])) {
        shortFlag = longFlag;
        longFlag = flagParts.shift();
      }
      if (flagParts[0].startsWith("-")) {
        const unsupportedFlag = flagParts[0];
        const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
        if (/^-[^-][^-]/.test(unsupportedFlag))
          throw new Error(
            `${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`
          );
        if (shortFlagExp.test(unsupportedFlag))
          throw new Error(`${baseError}
- too many short flags`);
        if (longFlagExp.test(unsupportedFlag))
          throw new Error(`${baseError}
- too many long flags`);
        throw new Error(`${baseError}
- unrecognised flag format`);
      }
      if (shortFlag === void 0 && longFlag === void 0)
        throw new Error(
          `option creation failed due to no flags found in '${flags}'.`
        );
      return { shortFlag, longFlag };
    }
    exports.Option = Option2;
    exports.DualOptions = DualOptions;
  }
});

// node_modules/commander/lib/suggestSimilar.js
var require_suggestSimilar = __commonJS({
  "node_modules/commander/lib/suggestSimilar.js"(exports) {
    var maxDistance = 3;
    function editDistance(a, b) {
      if (Math.abs(a.length - b.length) > maxDistance)
        return Math.max(a.length, b.length);
      const d = [];
      for (let i = 0; i <= a.length; i++) {
        d[i] = [i];
      }
      for (let j = 0; j <= b.length; j++) {
        d[0][j] = j;
      }
      for (let j = 1; j <= b.length; j++) {
        for (let i = 1; i <= a.length; i++) {
          let cost = 1;
          if (a[i - 1] === b[j - 1]) {
            cost = 0;
          } else {
            cost = 1;
          }
          d[i][j] = Math.min(
            d[i - 1][j] + 1,
            // deletion
            d[i][j - 1] + 1,
            // insertion
            d[i - 1][j - 1] + cost
            // substitution
          );
          if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
            d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
          }
        }
      }
      return d[a.length][b.length];
    }
    function suggestSimilar(word2, candidates) {
      if (!candidates || candidates.length === 0) return "";
      candidates = Array.from(new Set(candidates));
      const searchingOptions = word2.startsWith("--");
      if (searchingOptions) {
        word2 = word2.slice(2);
        candidates = candidates.map((candidate) => candidate.slice(2));
      }
      let similar = [];
      let bestDistance = maxDistance;
      const minSimilarity = 0.4;
      candidates.forEach((candidate) => {
        if (candidate.length <= 1) return;
        const distance = editDistance(word2, candidate);
        const length = Math.max(word2.length, candidate.length);
        const similarity = (length - distance) / length;
        if (similarity > minSimilarity) {
          if (distance < bestDistance) {
            bestDistance = distance;
            similar = [candidate];
          } else if (distance === bestDistance) {
            similar.push(candidate);
          }
        }
      });
      similar.sort((a, b) => a.localeCompare(b));
      if (searchingOptions) {
        similar = similar.map((candidate) => `--${candidate}`);
      }
      if (similar.length > 1) {
        return `
(Did you mean one of ${similar.join(", ")}?)`;
      }
      if (similar.length === 1) {
        return `
(Did you mean ${similar[0]}?)`;
      }
      return "";
    }
    exports.suggestSimilar = suggestSimilar;
  }
});

// node_modules/commander/lib/command.js
var require_command = __commonJS({
  "node_modules/commander/lib/command.js"(exports) {
    var EventEmitter = __require("node:events").EventEmitter;
    var childProcess = __require("node:child_process");
    var path16 = __require("node:path");
    var fs = __require("node:fs");
    var process10 = __require("node:process");
    var { Argument: Argument2, humanReadableArgName } = require_argument();
    var { CommanderError: CommanderError2 } = require_error();
    var { Help: Help2, stripColor } = require_help();
    var { Option: Option2, DualOptions } = require_option();
    var { suggestSimilar } = require_suggestSimilar();
    var Command2 = class _Command extends EventEmitter {
      /**
       * Initialize a new `Command`.
       *
       * @param {string} [name]
       */
      constructor(name) {
        super();
        this.commands = [];
        this.options = [];
        this.parent = null;
        this._allowUnknownOption = false;
        this._allowExcessArguments = false;
        this.registeredArguments = [];
        this._args = this.registeredArguments;
        this.args = [];
        this.rawArgs = [];
        this.processedArgs = [];
        this._scriptPath = null;
        this._name = name || "";
        this._optionValues = {};
        this._optionValueSources = {};
        this._storeOptionsAsProperties = false;
        this._actionHandler = null;
        this._executableHandler = false;
        this._executableFile = null;
        this._executableDir = null;
        this._defaultCommandName = null;
        this._exitCallback = null;
        this._aliases = [];
        this._combineFlagAndOptionalValue = true;
        this._description = "";
        this._summary = "";
        this._argsDescription = void 0;
        this._enablePositionalOptions = false;
        this._passThroughOptions = false;
        this._lifeCycleHooks = {};
        this._showHelpAfterError = false;
        this._showSuggestionAfterError = true;
        this._savedState = null;
        this._outputConfiguration = {
          writeOut: (str) => process10.stdout.write(str),
          writeErr: (str) => process10.stderr.write(str),
          outputError: (str, write) => write(str),
          getOutHelpWidth: () => process10.stdout.isTTY ? process10.stdout.columns : void 0,
          getErrHelpWidth: () => process10.stderr.isTTY ? process10.stderr.columns : void 0,
          getOutHasColors: () => useColor() ?? (process10.stdout.isTTY && process10.stdout.hasColors?.()),
          getErrHasColors: () => useColor() ?? (process10.stderr.isTTY && process10.stderr.hasColors?.()),
          stripColor: (str) => stripColor(str)
        };
        this._hidden = false;
        this._helpOption = void 0;
        this._addImplicitHelpCommand = void 0;
        this._helpCommand = void 0;
        this._helpConfiguration = {};
        this._helpGroupHeading = void 0;
        this._defaultCommandGroup = void 0;
        this._defaultOptionGroup = void 0;
      }
      /**
       * Copy settings that are useful to have in common across root command and subcommands.
       *
       * (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
       *
       * @param {Command} sourceCommand
       * @return {Command} `this` command for chaining
       */
      copyInheritedSettings(sourceCommand) {
        this._outputConfiguration = sourceCommand._outputConfiguration;
        this._helpOption = sourceCommand._helpOption;
        this._helpCommand = sourceCommand._helpCommand;
        this._helpConfiguration = sourceCommand._helpConfiguration;
        this._exitCallback = sourceCommand._exitCallback;
        this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
        this._combineFlagAndOptionalValue = sourceCommand._combineFlagAndOptionalValue;
        this._allowExcessArguments = sourceCommand._allowExcessArguments;
        this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
        this._showHelpAfterError = sourceCommand._showHelpAfterError;
        this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;
        return this;
      }
      /**
       * @returns {Command[]}
       * @private
       */
      _getCommandAndAncestors() {
        const result = [];
        for (let command = this; command; command = command.parent) {
          result.push(command);
        }
        return result;
      }
      /**
       * Define a command.
       *
       * There are two styles of command: pay attention to where to put the description.
       *
       * @example
       * // Command implemented using action handler (description is supplied separately to `.command`)
       * program
       *   .command('clone <source> [destination]')
       *   .description('clone a repository into a newly created directory')
       *   .action((source, destination) => {
       *     console.log('clone command called');
       *   });
       *
       * // Command implemented using separate executable file (description is second parameter to `.command`)
       * program
       *   .command('start <service>', 'start named service')
       *   .command('stop [service]', 'stop named service, or all if no name supplied');
       *
       * @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
       * @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
       * @param {object} [execOpts] - configuration options (for executable)
       * @return {Command} returns new command for action handler, or `this` for executable command
       */
      command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
        let desc = actionOptsOrExecDesc;
        let opts = execOpts;
        if (typeof desc === "object" && desc !== null) {
          opts = desc;
          desc = null;
        }
        opts = opts || {};
        const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);
        const cmd = this.createCommand(name);
        if (desc) {
          cmd.description(desc);
          cmd._executableHandler = true;
        }
        if (opts.isDefault) this._defaultCommandName = cmd._name;
        cmd._hidden = !!(opts.noHelp || opts.hidden);
        cmd._executableFile = opts.executableFile || null;
        if (args) cmd.arguments(args);
        this._registerCommand(cmd);
        cmd.parent = this;
        cmd.copyInheritedSettings(this);
        if (desc) return this;
        return cmd;
      }
      /**
       * Factory routine to create a new unattached command.
       *
       * See .command() for creating an attached subcommand, which uses this routine to
       * create the command. You can override createCommand to customise subcommands.
       *
       * @param {string} [name]
       * @return {Command} new command
       */
      createCommand(name) {
        return new _Command(name);
      }
      /**
       * You can customise the help with a subclass of Help by overriding createHelp,
       * or by overriding Help properties using configureHelp().
       *
       * @return {Help}
       */
      createHelp() {
        return Object.assign(new Help2(), this.configureHelp());
      }
      /**
       * You can customise the help by overriding Help properties using configureHelp(),
       * or with a subclass of Help by overriding createHelp().
       *
       * @param {object} [configuration] - configuration options
       * @return {(Command | object)} `this` command for chaining, or stored configuration
       */
      configureHelp(configuration) {
        if (configuration === void 0) return this._helpConfiguration;
        this._helpConfiguration = configuration;
        return this;
      }
      /**
       * The default output goes to stdout and stderr. You can customise this for special
       * applications. You can also customise the display of errors by overriding outputError.
       *
       * The configuration properties are all functions:
       *
       *     // change how output being written, defaults to stdout and stderr
       *     writeOut(str)
       *     writeErr(str)
       *     // change how output being written for errors, defaults to writeErr
       *     outputError(str, write) // used for displaying errors and not used for displaying help
       *     // specify width for wrapping help
       *     getOutHelpWidth()
       *     getErrHelpWidth()
       *     // color support, currently only used with Help
       *     getOutHasColors()
       *     getErrHasColors()
       *     stripColor() // used to remove ANSI escape codes if output does not have colors
       *
       * @param {object} [configuration] - configuration options
       * @return {(Command | object)} `this` command for chaining, or stored configuration
       */
      configureOutput(configuration) {
        if (configuration === void 0) return this._outputConfiguration;
        this._outputConfiguration = {
          ...this._outputConfiguration,
          ...configuration
        };
        return this;
      }
      /**
       * Display the help or a custom message after an error occurs.
       *
       * @param {(boolean|string)} [displayHelp]
       * @return {Command} `this` command for chaining
       */
      showHelpAfterError(displayHelp = true) {
        if (typeof displayHelp !== "string") displayHelp = !!displayHelp;
        this._showHelpAfterError = displayHelp;
        return this;
      }
      /**
       * Display suggestion of similar commands for unknown commands, or options for unknown options.
       *
       * @param {boolean} [displaySuggestion]
       * @return {Command} `this` command for chaining
       */
      showSuggestionAfterError(displaySuggestion = true) {
        this._showSuggestionAfterError = !!displaySuggestion;
        return this;
      }
      /**
       * Add a prepared subcommand.
       *
       * See .command() for creating an attached subcommand which inherits settings from its parent.
       *
       * @param {Command} cmd - new subcommand
       * @param {object} [opts] - configuration options
       * @return {Command} `this` command for chaining
       */
      addCommand(cmd, opts) {
        if (!cmd._name) {
          throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
        }
        opts = opts || {};
        if (opts.isDefault) this._defaultCommandName = cmd._name;
        if (opts.noHelp || opts.hidden) cmd._hidden = true;
        this._registerCommand(cmd);
        cmd.parent = this;
        cmd._checkForBrokenPassThrough();
        return this;
      }
      /**
       * Factory routine to create a new unattached argument.
       *
       * See .argument() for creating an attached argument, which uses this routine to
       * create the argument. You can override createArgument to return a custom argument.
       *
       * @param {string} name
       * @param {string} [description]
       * @return {Argument} new argument
       */
      createArgument(name, description) {
        return new Argument2(name, description);
      }
      /**
       * Define argument syntax for command.
       *
       * The default is that the argument is required, and you can explicitly
       * indicate this with <> around the name. Put [] around the name for an optional argument.
       *
       * @example
       * program.argument('<input-file>');
       * program.argument('[output-file]');
       *
       * @param {string} name
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom argument processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      argument(name, description, parseArg, defaultValue) {
        const argument = this.createArgument(name, description);
        if (typeof parseArg === "function") {
          argument.default(defaultValue).argParser(parseArg);
        } else {
          argument.default(parseArg);
        }
        this.addArgument(argument);
        return this;
      }
      /**
       * Define argument syntax for command, adding multiple at once (without descriptions).
       *
       * See also .argument().
       *
       * @example
       * program.arguments('<cmd> [env]');
       *
       * @param {string} names
       * @return {Command} `this` command for chaining
       */
      arguments(names) {
        names.trim().split(/ +/).forEach((detail) => {
          this.argument(detail);
        });
        return this;
      }
      /**
       * Define argument syntax for command, adding a prepared argument.
       *
       * @param {Argument} argument
       * @return {Command} `this` command for chaining
       */
      addArgument(argument) {
        const previousArgument = this.registeredArguments.slice(-1)[0];
        if (previousArgument?.variadic) {
          throw new Error(
            `only the last argument can be variadic '${previousArgument.name()}'`
          );
        }
        if (argument.required && argument.defaultValue !== void 0 && argument.parseArg === void 0) {
          throw new Error(
            `a default value for a required argument is never used: '${argument.name()}'`
          );
        }
        this.registeredArguments.push(argument);
        return this;
      }
      /**
       * Customise or override default help command. By default a help command is automatically added if your command has subcommands.
       *
       * @example
       *    program.helpCommand('help [cmd]');
       *    program.helpCommand('help [cmd]', 'show help');
       *    program.helpCommand(false); // suppress default help command
       *    program.helpCommand(true); // add help command even if no subcommands
       *
       * @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
       * @param {string} [description] - custom description
       * @return {Command} `this` command for chaining
       */
      helpCommand(enableOrNameAndArgs, description) {
        if (typeof enableOrNameAndArgs === "boolean") {
          this._addImplicitHelpCommand = enableOrNameAndArgs;
          if (enableOrNameAndArgs && this._defaultCommandGroup) {
            this._initCommandGroup(this._getHelpCommand());
          }
          return this;
        }
        const nameAndArgs = enableOrNameAndArgs ?? "help [command]";
        const [, helpName, helpArgs] = nameAndArgs.match(/([^ ]+) *(.*)/);
        const helpDescription = description ?? "display help for command";
        const helpCommand = this.createCommand(helpName);
        helpCommand.helpOption(false);
        if (helpArgs) helpCommand.arguments(helpArgs);
        if (helpDescription) helpCommand.description(helpDescription);
        this._addImplicitHelpCommand = true;
        this._helpCommand = helpCommand;
        if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);
        return this;
      }
      /**
       * Add prepared custom help command.
       *
       * @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
       * @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
       * @return {Command} `this` command for chaining
       */
      addHelpCommand(helpCommand, deprecatedDescription) {
        if (typeof helpCommand !== "object") {
          this.helpCommand(helpCommand, deprecatedDescription);
          return this;
        }
        this._addImplicitHelpCommand = true;
        this._helpCommand = helpCommand;
        this._initCommandGroup(helpCommand);
        return this;
      }
      /**
       * Lazy create help command.
       *
       * @return {(Command|null)}
       * @package
       */
      _getHelpCommand() {
        const hasImplicitHelpCommand = this._addImplicitHelpCommand ?? (this.commands.length && !this._actionHandler && !this._findCommand("help"));
        if (hasImplicitHelpCommand) {
          if (this._helpCommand === void 0) {
            this.helpCommand(void 0, void 0);
          }
          return this._helpCommand;
        }
        return null;
      }
      /**
       * Add hook for life cycle event.
       *
       * @param {string} event
       * @param {Function} listener
       * @return {Command} `this` command for chaining
       */
      hook(event, listener) {
        const allowedValues = ["preSubcommand", "preAction", "postAction"];
        if (!allowedValues.includes(event)) {
          throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
        }
        if (this._lifeCycleHooks[event]) {
          this._lifeCycleHooks[event].push(listener);
        } else {
          this._lifeCycleHooks[event] = [listener];
        }
        return this;
      }
      /**
       * Register callback to use as replacement for calling process.exit.
       *
       * @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
       * @return {Command} `this` command for chaining
       */
      exitOverride(fn) {
        if (fn) {
          this._exitCallback = fn;
        } else {
          this._exitCallback = (err) => {
            if (err.code !== "commander.executeSubCommandAsync") {
              throw err;
            } else {
            }
          };
        }
        return this;
      }
      /**
       * Call process.exit, and _exitCallback if defined.
       *
       * @param {number} exitCode exit code for using with process.exit
       * @param {string} code an id string representing the error
       * @param {string} message human-readable description of the error
       * @return never
       * @private
       */
      _exit(exitCode, code, message) {
        if (this._exitCallback) {
          this._exitCallback(new CommanderError2(exitCode, code, message));
        }
        process10.exit(exitCode);
      }
      /**
       * Register callback `fn` for the command.
       *
       * @example
       * program
       *   .command('serve')
       *   .description('start service')
       *   .action(function() {
       *      // do work here
       *   });
       *
       * @param {Function} fn
       * @return {Command} `this` command for chaining
       */
      action(fn) {
        const listener = (args) => {
          const expectedArgsCount = this.registeredArguments.length;
          const actionArgs = args.slice(0, expectedArgsCount);
          if (this._storeOptionsAsProperties) {
            actionArgs[expectedArgsCount] = this;
          } else {
            actionArgs[expectedArgsCount] = this.opts();
          }
          actionArgs.push(this);
          return fn.apply(this, actionArgs);
        };
        this._actionHandler = listener;
        return this;
      }
      /**
       * Factory routine to create a new unattached option.
       *
       * See .option() for creating an attached option, which uses this routine to
       * create the option. You can override createOption to return a custom option.
       *
       * @param {string} flags
       * @param {string} [description]
       * @return {Option} new option
       */
      createOption(flags, description) {
        return new Option2(flags, description);
      }
      /**
       * Wrap parseArgs to catch 'commander.invalidArgument'.
       *
       * @param {(Option | Argument)} target
       * @param {string} value
       * @param {*} previous
       * @param {string} invalidArgumentMessage
       * @private
       */
      _callParseArg(target, value, previous, invalidArgumentMessage) {
        try {
          return target.parseArg(value, previous);
        } catch (err) {
          if (err.code === "commander.invalidArgument") {
            const message = `${invalidArgumentMessage} ${err.message}`;
            this.error(message, { exitCode: err.exitCode, code: err.code });
          }
          throw err;
        }
      }
      /**
       * Check for option flag conflicts.
       * Register option if no conflicts found, or throw on conflict.
       *
       * @param {Option} option
       * @private
       */
      _registerOption(option) {
        const matchingOption = option.short && this._findOption(option.short) || option.long && this._findOption(option.long);
        if (matchingOption) {
          const matchingFlag = option.long && this._findOption(option.long) ? option.long : option.short;
          throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
        }
        this._initOptionGroup(option);
        this.options.push(option);
      }
      /**
       * Check for command name and alias conflicts with existing commands.
       * Register command if no conflicts found, or throw on conflict.
       *
       * @param {Command} command
       * @private
       */
      _registerCommand(command) {
        const knownBy = (cmd) => {
          return [cmd.name()].concat(cmd.aliases());
        };
        const alreadyUsed = knownBy(command).find(
          (name) => this._findCommand(name)
        );
        if (alreadyUsed) {
          const existingCmd = knownBy(this._findCommand(alreadyUsed)).join("|");
          const newCmd = knownBy(command).join("|");
          throw new Error(
            `cannot add command '${newCmd}' as already have command '${existingCmd}'`
          );
        }
        this._initCommandGroup(command);
        this.commands.push(command);
      }
      /**
       * Add an option.
       *
       * @param {Option} option
       * @return {Command} `this` command for chaining
       */
      addOption(option) {
        this._registerOption(option);
        const oname = option.name();
        const name = option.attributeName();
        if (option.negate) {
          const positiveLongFlag = option.long.replace(/^--no-/, "--");
          if (!this._findOption(positiveLongFlag)) {
            this.setOptionValueWithSource(
              name,
              option.defaultValue === void 0 ? true : option.defaultValue,
              "default"
            );
          }
        } else if (option.defaultValue !== void 0) {
          this.setOptionValueWithSource(name, option.defaultValue, "default");
        }
        const handleOptionValue = (val, invalidValueMessage, valueSource) => {
          if (val == null && option.presetArg !== void 0) {
            val = option.presetArg;
          }
          const oldValue = this.getOptionValue(name);
          if (val !== null && option.parseArg) {
            val = this._callParseArg(option, val, oldValue, invalidValueMessage);
          } else if (val !== null && option.variadic) {
            val = option._collectValue(val, oldValue);
          }
          if (val == null) {
            if (option.negate) {
              val = false;
            } else if (option.isBoolean() || option.optional) {
              val = true;
            } else {
              val = "";
            }
          }
          this.setOptionValueWithSource(name, val, valueSource);
        };
        this.on("option:" + oname, (val) => {
          const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
          handleOptionValue(val, invalidValueMessage, "cli");
        });
        if (option.envVar) {
          this.on("optionEnv:" + oname, (val) => {
            const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
            handleOptionValue(val, invalidValueMessage, "env");
          });
        }
        return this;
      }
      /**
       * Internal implementation shared by .option() and .requiredOption()
       *
       * @return {Command} `this` command for chaining
       * @private
       */
      _optionEx(config, flags, description, fn, defaultValue) {
        if (typeof flags === "object" && flags instanceof Option2) {
          throw new Error(
            "To add an Option object use addOption() instead of option() or requiredOption()"
          );
        }
        const option = this.createOption(flags, description);
        option.makeOptionMandatory(!!config.mandatory);
        if (typeof fn === "function") {
          option.default(defaultValue).argParser(fn);
        } else if (fn instanceof RegExp) {
          const regex2 = fn;
          fn = (val, def) => {
            const m = regex2.exec(val);
            return m ? m[0] : def;
          };
          option.default(defaultValue).argParser(fn);
        } else {
          option.default(fn);
        }
        return this.addOption(option);
      }
      /**
       * Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
       *
       * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
       * option-argument is indicated by `<>` and an optional option-argument by `[]`.
       *
       * See the README for more details, and see also addOption() and requiredOption().
       *
       * @example
       * program
       *     .option('-p, --pepper', 'add pepper')
       *     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
       *     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
       *     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
       *
       * @param {string} flags
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom option processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      option(flags, description, parseArg, defaultValue) {
        return this._optionEx({}, flags, description, parseArg, defaultValue);
      }
      /**
       * Add a required option which must have a value after parsing. This usually means
       * the option must be specified on the command line. (Otherwise the same as .option().)
       *
       * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
       *
       * @param {string} flags
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom option processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      requiredOption(flags, description, parseArg, defaultValue) {
        return this._optionEx(
          { mandatory: true },
          flags,
          description,
          parseArg,
          defaultValue
        );
      }
      /**
       * Alter parsing of short flags with optional values.
       *
       * @example
       * // for `.option('-f,--flag [value]'):
       * program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
       * program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
       *
       * @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
       * @return {Command} `this` command for chaining
       */
      combineFlagAndOptionalValue(combine = true) {
        this._combineFlagAndOptionalValue = !!combine;
        return this;
      }
      /**
       * Allow unknown options on the command line.
       *
       * @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
       * @return {Command} `this` command for chaining
       */
      allowUnknownOption(allowUnknown = true) {
        this._allowUnknownOption = !!allowUnknown;
        return this;
      }
      /**
       * Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
       *
       * @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
       * @return {Command} `this` command for chaining
       */
      allowExcessArguments(allowExcess = true) {
        this._allowExcessArguments = !!allowExcess;
        return this;
      }
      /**
       * Enable positional options. Positional means global options are specified before subcommands which lets
       * subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
       * The default behaviour is non-positional and global options may appear anywhere on the command line.
       *
       * @param {boolean} [positional]
       * @return {Command} `this` command for chaining
       */
      enablePositionalOptions(positional = true) {
        this._enablePositionalOptions = !!positional;
        return this;
      }
      /**
       * Pass through options that come after command-arguments rather than treat them as command-options,
       * so actual command-options come before command-arguments. Turning this on for a subcommand requires
       * positional options to have been enabled on the program (parent commands).
       * The default behaviour is non-positional and options may appear before or after command-arguments.
       *
       * @param {boolean} [passThrough] for unknown options.
       * @return {Command} `this` command for chaining
       */
      passThroughOptions(passThrough = true) {
        this._passThroughOptions = !!passThrough;
        this._checkForBrokenPassThrough();
        return this;
      }
      /**
       * @private
       */
      _checkForBrokenPassThrough() {
        if (this.parent && this._passThroughOptions && !this.parent._enablePositionalOptions) {
          throw new Error(
            `passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`
          );
        }
      }
      /**
       * Whether to store option values as properties on command object,
       * or store separately (specify false). In both cases the option values can be accessed using .opts().
       *
       * @param {boolean} [storeAsProperties=true]
       * @return {Command} `this` command for chaining
       */
      storeOptionsAsProperties(storeAsProperties = true) {
        if (this.options.length) {
          throw new Error("call .storeOptionsAsProperties() before adding options");
        }
        if (Object.keys(this._optionValues).length) {
          throw new Error(
            "call .storeOptionsAsProperties() before setting option values"
          );
        }
        this._storeOptionsAsProperties = !!storeAsProperties;
        return this;
      }
      /**
       * Retrieve option value.
       *
       * @param {string} key
       * @return {object} value
       */
      getOptionValue(key) {
        if (this._storeOptionsAsProperties) {
          return this[key];
        }
        return this._optionValues[key];
      }
      /**
       * Store option value.
       *
       * @param {string} key
       * @param {object} value
       * @return {Command} `this` command for chaining
       */
      setOptionValue(key, value) {
        return this.setOptionValueWithSource(key, value, void 0);
      }
      /**
       * Store option value and where the value came from.
       *
       * @param {string} key
       * @param {object} value
       * @param {string} source - expected values are default/config/env/cli/implied
       * @return {Command} `this` command for chaining
       */
      setOptionValueWithSource(key, value, source) {
        if (this._storeOptionsAsProperties) {
          this[key] = value;
        } else {
          this._optionValues[key] = value;
        }
        this._optionValueSources[key] = source;
        return this;
      }
      /**
       * Get source of option value.
       * Expected values are default | config | env | cli | implied
       *
       * @param {string} key
       * @return {string}
       */
      getOptionValueSource(key) {
        return this._optionValueSources[key];
      }
      /**
       * Get source of option value. See also .optsWithGlobals().
       * Expected values are default | config | env | cli | implied
       *
       * @param {string} key
       * @return {string}
       */
      getOptionValueSourceWithGlobals(key) {
        let source;
        this._getCommandAndAncestors().forEach((cmd) => {
          if (cmd.getOptionValueSource(key) !== void 0) {
            source = cmd.getOptionValueSource(key);
          }
        });
        return source;
      }
      /**
       * Get user arguments from implied or explicit arguments.
       * Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
       *
       * @private
       */
      _prepareUserArgs(argv, parseOptions) {
        if (argv !== void 0 && !Array.isArray(argv)) {
          throw new Error("first parameter to parse must be array or undefined");
        }
        parseOptions = parseOptions || {};
        if (argv === void 0 && parseOptions.from === void 0) {
          if (process10.versions?.electron) {
            parseOptions.from = "electron";
          }
          const execArgv = process10.execArgv ?? [];
          if (execArgv.includes("-e") || execArgv.includes("--eval") || execArgv.includes("-p") || execArgv.includes("--print")) {
            parseOptions.from = "eval";
          }
        }
        if (argv === void 0) {
          argv = process10.argv;
        }
        this.rawArgs = argv.slice();
        let userArgs;
        switch (parseOptions.from) {
          case void 0:
          case "node":
            this._scriptPath = argv[1];
            userArgs = argv.slice(2);
            break;
          case "electron":
            if (process10.defaultApp) {
              this._scriptPath = argv[1];
              userArgs = argv.slice(2);
            } else {
              userArgs = argv.slice(1);
            }
            break;
          case "user":
            userArgs = argv.slice(0);
            break;
          case "eval":
            userArgs = argv.slice(1);
            break;
          default:
            throw new Error(
              `unexpected parse option { from: '${parseOptions.from}' }`
            );
        }
        if (!this._name && this._scriptPath)
          this.nameFromFilename(this._scriptPath);
        this._name = this._name || "program";
        return userArgs;
      }
      /**
       * Parse `argv`, setting options and invoking commands when defined.
       *
       * Use parseAsync instead of parse if any of your action handlers are async.
       *
       * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
       *
       * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
       * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
       * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
       * - `'user'`: just user arguments
       *
       * @example
       * program.parse(); // parse process.argv and auto-detect electron and special node flags
       * program.parse(process.argv); // assume argv[0] is app and argv[1] is script
       * program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
       *
       * @param {string[]} [argv] - optional, defaults to process.argv
       * @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
       * @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
       * @return {Command} `this` command for chaining
       */
      parse(argv, parseOptions) {
        this._prepareForParse();
        const userArgs = this._prepareUserArgs(argv, parseOptions);
        this._parseCommand([], userArgs);
        return this;
      }
      /**
       * Parse `argv`, setting options and invoking commands when defined.
       *
       * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
       *
       * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
       * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
       * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
       * - `'user'`: just user arguments
       *
       * @example
       * await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
       * await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
       * await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
       *
       * @param {string[]} [argv]
       * @param {object} [parseOptions]
       * @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
       * @return {Promise}
       */
      async parseAsync(argv, parseOptions) {
        this._prepareForParse();
        const userArgs = this._prepareUserArgs(argv, parseOptions);
        await this._parseCommand([], userArgs);
        return this;
      }
      _prepareForParse() {
        if (this._savedState === null) {
          this.saveStateBeforeParse();
        } else {
          this.restoreStateBeforeParse();
        }
      }
      /**
       * Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
       * Not usually called directly, but available for subclasses to save their custom state.
       *
       * This is called in a lazy way. Only commands used in parsing chain will have state saved.
       */
      saveStateBeforeParse() {
        this._savedState = {
          // name is stable if supplied by author, but may be unspecified for root command and deduced during parsing
          _name: this._name,
          // option values before parse have default values (including false for negated options)
          // shallow clones
          _optionValues: { ...this._optionValues },
          _optionValueSources: { ...this._optionValueSources }
        };
      }
      /**
       * Restore state before parse for calls after the first.
       * Not usually called directly, but available for subclasses to save their custom state.
       *
       * This is called in a lazy way. Only commands used in parsing chain will have state restored.
       */
      restoreStateBeforeParse() {
        if (this._storeOptionsAsProperties)
          throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);
        this._name = this._savedState._name;
        this._scriptPath = null;
        this.rawArgs = [];
        this._optionValues = { ...this._savedState._optionValues };
        this._optionValueSources = { ...this._savedState._optionValueSources };
        this.args = [];
        this.processedArgs = [];
      }
      /**
       * Throw if expected executable is missing. Add lots of help for author.
       *
       * @param {string} executableFile
       * @param {string} executableDir
       * @param {string} subcommandName
       */
      _checkForMissingExecutable(executableFile, executableDir, subcommandName) {
        if (fs.existsSync(executableFile)) return;
        const executableDirMessage = executableDir ? `searched for local subcommand relative to directory '${executableDir}'` : "no directory for search for local subcommand, use .executableDir() to supply a custom directory";
        const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDirMessage}`;
        throw new Error(executableMissing);
      }
      /**
       * Execute a sub-command executable.
       *
       * @private
       */
      _executeSubCommand(subcommand, args) {
        args = args.slice();
        let launchWithNode = false;
        const sourceExt = [".js", ".ts", ".tsx", ".mjs", ".cjs"];
        function findFile(baseDir, baseName) {
          const localBin = path16.resolve(baseDir, baseName);
          if (fs.existsSync(localBin)) return localBin;
          if (sourceExt.includes(path16.extname(baseName))) return void 0;
          const foundExt = sourceExt.find(
            (ext) => fs.existsSync(`${localBin}${ext}`)
          );
          if (foundExt) return `${localBin}${foundExt}`;
          return void 0;
        }
        this._checkForMissingMandatoryOptions();
        this._checkForConflictingOptions();
        let executableFile = subcommand._executableFile || `${this._name}-${subcommand._name}`;
        let executableDir = this._executableDir || "";
        if (this._scriptPath) {
          let resolvedScriptPath;
          try {
            resolvedScriptPath = fs.realpathSync(this._scriptPath);
          } catch {
            resolvedScriptPath = this._scriptPath;
          }
          executableDir = path16.resolve(
            path16.dirname(resolvedScriptPath),
            executableDir
          );
        }
        if (executableDir) {
          let localFile = findFile(executableDir, executableFile);
          if (!localFile && !subcommand._executableFile && this._scriptPath) {
            const legacyName = path16.basename(
              this._scriptPath,
              path16.extname(this._scriptPath)
            );
            if (legacyName !== this._name) {
              localFile = findFile(
                executableDir,
                `${legacyName}-${subcommand._name}`
              );
            }
          }
          executableFile = localFile || executableFile;
        }
        launchWithNode = sourceExt.includes(path16.extname(executableFile));
        let proc;
        if (process10.platform !== "win32") {
          if (launchWithNode) {
            args.unshift(executableFile);
            args = incrementNodeInspectorPort(process10.execArgv).concat(args);
            proc = childProcess.spawn(process10.argv[0], args, { stdio: "inherit" });
          } else {
            proc = childProcess.spawn(executableFile, args, { stdio: "inherit" });
          }
        } else {
          this._checkForMissingExecutable(
            executableFile,
            executableDir,
            subcommand._name
          );
          args.unshift(executableFile);
          args = incrementNodeInspectorPort(process10.execArgv).concat(args);
          proc = childProcess.spawn(process10.execPath, args, { stdio: "inherit" });
        }
        if (!proc.killed) {
          const signals = ["SIGUSR1", "SIGUSR2", "SIGTERM", "SIGINT", "SIGHUP"];
          signals.forEach((signal) => {
            process10.on(signal, () => {
              if (proc.killed === false && proc.exitCode === null) {
                proc.kill(signal);
              }
            });
          });
        }
        const exitCallback = this._exitCallback;
        proc.on("close", (code) => {
          code = code ?? 1;
          if (!exitCallback) {
            process10.exit(code);
          } else {
            exitCallback(
              new CommanderError2(
                code,
                "commander.executeSubCommandAsync",
                "(close)"
              )
            );
          }
        });
        proc.on("error", (err) => {
          if (err.code === "ENOENT") {
            this._checkForMissingExecutable(
              executableFile,
              executableDir,
              subcommand._name
            );
          } else if (err.code === "EACCES") {
            throw new Error(`'${executableFile}' not executable`);
          }
          if (!exitCallback) {
            process10.exit(1);
          } else {
            const wrappedError = new CommanderError2(
              1,
              "commander.executeSubCommandAsync",
              "(error)"
            );
            wrappedError.nestedError = err;
            exitCallback(wrappedError);
          }
        });
        this.runningCommand = proc;
      }
      /**
       * @private
       */
      _dispatchSubcommand(commandName, operands, unknown2) {
        const subCommand = this._findCommand(commandName);
        if (!subCommand) this.help({ error: true });
        subCommand._prepareForParse();
        let promiseChain;
        promiseChain = this._chainOrCallSubCommandHook(
          promiseChain,
          subCommand,
          "preSubcommand"
        );
        promiseChain = this._chainOrCall(promiseChain, () => {
          if (subCommand._executableHandler) {
            this._executeSubCommand(subCommand, operands.concat(unknown2));
          } else {
            return subCommand._parseCommand(operands, unknown2);
          }
        });
        return promiseChain;
      }
      /**
       * Invoke help directly if possible, or dispatch if necessary.
       * e.g. help foo
       *
       * @private
       */
      _dispatchHelpCommand(subcommandName) {
        if (!subcommandName) {
          this.help();
        }
        const subCommand = this._findCommand(subcommandName);
        if (subCommand && !subCommand._executableHandler) {
          subCommand.help();
        }
        return this._dispatchSubcommand(
          subcommandName,
          [],
          [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? "--help"]
        );
      }
      /**
       * Check this.args against expected this.registeredArguments.
       *
       * @private
       */
      _checkNumberOfArguments() {
        this.registeredArguments.forEach((arg, i) => {
          if (arg.required && this.args[i] == null) {
            this.missingArgument(arg.name());
          }
        });
        if (this.registeredArguments.length > 0 && this.registeredArguments[this.registeredArguments.length - 1].variadic) {
          return;
        }
        if (this.args.length > this.registeredArguments.length) {
          this._excessArguments(this.args);
        }
      }
      /**
       * Process this.args using this.registeredArguments and save as this.processedArgs!
       *
       * @private
       */
      _processArguments() {
        const myParseArg = (argument, value, previous) => {
          let parsedValue = value;
          if (value !== null && argument.parseArg) {
            const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
            parsedValue = this._callParseArg(
              argument,
              value,
              previous,
              invalidValueMessage
            );
          }
          return parsedValue;
        };
        this._checkNumberOfArguments();
        const processedArgs = [];
        this.registeredArguments.forEach((declaredArg, index) => {
          let value = declaredArg.defaultValue;
          if (declaredArg.variadic) {
            if (index < this.args.length) {
              value = this.args.slice(index);
              if (declaredArg.parseArg) {
                value = value.reduce((processed, v) => {
                  return myParseArg(declaredArg, v, processed);
                }, declaredArg.defaultValue);
              }
            } else if (value === void 0) {
              value = [];
            }
          } else if (index < this.args.length) {
            value = this.args[index];
            if (declaredArg.parseArg) {
              value = myParseArg(declaredArg, value, declaredArg.defaultValue);
            }
          }
          processedArgs[index] = value;
        });
        this.processedArgs = processedArgs;
      }
      /**
       * Once we have a promise we chain, but call synchronously until then.
       *
       * @param {(Promise|undefined)} promise
       * @param {Function} fn
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCall(promise, fn) {
        if (promise?.then && typeof promise.then === "function") {
          return promise.then(() => fn());
        }
        return fn();
      }
      /**
       *
       * @param {(Promise|undefined)} promise
       * @param {string} event
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCallHooks(promise, event) {
        let result = promise;
        const hooks = [];
        this._getCommandAndAncestors().reverse().filter((cmd) => cmd._lifeCycleHooks[event] !== void 0).forEach((hookedCommand) => {
          hookedCommand._lifeCycleHooks[event].forEach((callback) => {
            hooks.push({ hookedCommand, callback });
          });
        });
        if (event === "postAction") {
          hooks.reverse();
        }
        hooks.forEach((hookDetail) => {
          result = this._chainOrCall(result, () => {
            return hookDetail.callback(hookDetail.hookedCommand, this);
          });
        });
        return result;
      }
      /**
       *
       * @param {(Promise|undefined)} promise
       * @param {Command} subCommand
       * @param {string} event
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCallSubCommandHook(promise, subCommand, event) {
        let result = promise;
        if (this._lifeCycleHooks[event] !== void 0) {
          this._lifeCycleHooks[event].forEach((hook) => {
            result = this._chainOrCall(result, () => {
              return hook(this, subCommand);
            });
          });
        }
        return result;
      }
      /**
       * Process arguments in context of this command.
       * Returns action result, in case it is a promise.
       *
       * @private
       */
      _parseCommand(operands, unknown2) {
        const parsed = this.parseOptions(unknown2);
        this._parseOptionsEnv();
        this._parseOptionsImplied();
        operands = operands.concat(parsed.operands);
        unknown2 = parsed.unknown;
        this.args = operands.concat(unknown2);
        if (operands && this._findCommand(operands[0])) {
          return this._dispatchSubcommand(operands[0], operands.slice(1), unknown2);
        }
        if (this._getHelpCommand() && operands[0] === this._getHelpCommand().name()) {
          return this._dispatchHelpCommand(operands[1]);
        }
        if (this._defaultCommandName) {
          this._outputHelpIfRequested(unknown2);
          return this._dispatchSubcommand(
            this._defaultCommandName,
            operands,
            unknown2
          );
        }
        if (this.commands.length && this.args.length === 0 && !this._actionHandler && !this._defaultCommandName) {
          this.help({ error: true });
        }
        this._outputHelpIfRequested(parsed.unknown);
        this._checkForMissingMandatoryOptions();
        this._checkForConflictingOptions();
        const checkForUnknownOptions = () => {
          if (parsed.unknown.length > 0) {
            this.unknownOption(parsed.unknown[0]);
          }
        };
        const commandEvent = `command:${this.name()}`;
        if (this._actionHandler) {
          checkForUnknownOptions();
          this._processArguments();
          let promiseChain;
          promiseChain = this._chainOrCallHooks(promiseChain, "preAction");
          promiseChain = this._chainOrCall(
            promiseChain,
            () => this._actionHandler(this.processedArgs)
          );
          if (this.parent) {
            promiseChain = this._chainOrCall(promiseChain, () => {
              this.parent.emit(commandEvent, operands, unknown2);
            });
          }
          promiseChain = this._chainOrCallHooks(promiseChain, "postAction");
          return promiseChain;
        }
        if (this.parent?.listenerCount(commandEvent)) {
          checkForUnknownOptions();
          this._processArguments();
          this.parent.emit(commandEvent, operands, unknown2);
        } else if (operands.length) {
          if (this._findCommand("*")) {
            return this._dispatchSubcommand("*", operands, unknown2);
          }
          if (this.listenerCount("command:*")) {
            this.emit("command:*", operands, unknown2);
          } else if (this.commands.length) {
            this.unknownCommand();
          } else {
            checkForUnknownOptions();
            this._processArguments();
          }
        } else if (this.commands.length) {
          checkForUnknownOptions();
          this.help({ error: true });
        } else {
          checkForUnknownOptions();
          this._processArguments();
        }
      }
      /**
       * Find matching command.
       *
       * @private
       * @return {Command | undefined}
       */
      _findCommand(name) {
        if (!name) return void 0;
        return this.commands.find(
          (cmd) => cmd._name === name || cmd._aliases.includes(name)
        );
      }
      /**
       * Return an option matching `arg` if any.
       *
       * @param {string} arg
       * @return {Option}
       * @package
       */
      _findOption(arg) {
        return this.options.find((option) => option.is(arg));
      }
      /**
       * Display an error message if a mandatory option does not have a value.
       * Called after checking for help flags in leaf subcommand.
       *
       * @private
       */
      _checkForMissingMandatoryOptions() {
        this._getCommandAndAncestors().forEach((cmd) => {
          cmd.options.forEach((anOption) => {
            if (anOption.mandatory && cmd.getOptionValue(anOption.attributeName()) === void 0) {
              cmd.missingMandatoryOptionValue(anOption);
            }
          });
        });
      }
      /**
       * Display an error message if conflicting options are used together in this.
       *
       * @private
       */
      _checkForConflictingLocalOptions() {
        const definedNonDefaultOptions = this.options.filter((option) => {
          const optionKey = option.attributeName();
          if (this.getOptionValue(optionKey) === void 0) {
            return false;
          }
          return this.getOptionValueSource(optionKey) !== "default";
        });
        const optionsWithConflicting = definedNonDefaultOptions.filter(
          (option) => option.conflictsWith.length > 0
        );
        optionsWithConflicting.forEach((option) => {
          const conflictingAndDefined = definedNonDefaultOptions.find(
            (defined) => option.conflictsWith.includes(defined.attributeName())
          );
          if (conflictingAndDefined) {
            this._conflictingOption(option, conflictingAndDefined);
          }
        });
      }
      /**
       * Display an error message if conflicting options are used together.
       * Called after checking for help flags in leaf subcommand.
       *
       * @private
       */
      _checkForConflictingOptions() {
        this._getCommandAndAncestors().forEach((cmd) => {
          cmd._checkForConflictingLocalOptions();
        });
      }
      /**
       * Parse options from `argv` removing known options,
       * and return argv split into operands and unknown arguments.
       *
       * Side effects: modifies command by storing options. Does not reset state if called again.
       *
       * Examples:
       *
       *     argv => operands, unknown
       *     --known kkk op => [op], []
       *     op --known kkk => [op], []
       *     sub --unknown uuu op => [sub], [--unknown uuu op]
       *     sub -- --unknown uuu op => [sub --unknown uuu op], []
       *
       * @param {string[]} args
       * @return {{operands: string[], unknown: string[]}}
       */
      parseOptions(args) {
        const operands = [];
        const unknown2 = [];
        let dest = operands;
        function maybeOption(arg) {
          return arg.length > 1 && arg[0] === "-";
        }
        const negativeNumberArg = (arg) => {
          if (!/^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(arg)) return false;
          return !this._getCommandAndAncestors().some(
            (cmd) => cmd.options.map((opt) => opt.short).some((short) => /^-\d$/.test(short))
          );
        };
        let activeVariadicOption = null;
        let activeGroup = null;
        let i = 0;
        while (i < args.length || activeGroup) {
          const arg = activeGroup ?? args[i++];
          activeGroup = null;
          if (arg === "--") {
            if (dest === unknown2) dest.push(arg);
            dest.push(...args.slice(i));
            break;
          }
          if (activeVariadicOption && (!maybeOption(arg) || negativeNumberArg(arg))) {
            this.emit(`option:${activeVariadicOption.name()}`, arg);
            continue;
          }
          activeVariadicOption = null;
          if (maybeOption(arg)) {
            const option = this._findOption(arg);
            if (option) {
              if (option.required) {
                const value = args[i++];
                if (value === void 0) this.optionMissingArgument(option);
                this.emit(`option:${option.name()}`, value);
              } else if (option.optional) {
                let value = null;
                if (i < args.length && (!maybeOption(args[i]) || negativeNumberArg(args[i]))) {
                  value = args[i++];
                }
                this.emit(`option:${option.name()}`, value);
              } else {
                this.emit(`option:${option.name()}`);
              }
              activeVariadicOption = option.variadic ? option : null;
              continue;
            }
          }
          if (arg.length > 2 && arg[0] === "-" && arg[1] !== "-") {
            const option = this._findOption(`-${arg[1]}`);
            if (option) {
              if (option.required || option.optional && this._combineFlagAndOptionalValue) {
                this.emit(`option:${option.name()}`, arg.slice(2));
              } else {
                this.emit(`option:${option.name()}`);
                activeGroup = `-${arg.slice(2)}`;
              }
              continue;
            }
          }
          if (/^--[^=]+=/.test(arg)) {
            const index = arg.indexOf("=");
            const option = this._findOption(arg.slice(0, index));
            if (option && (option.required || option.optional)) {
              this.emit(`option:${option.name()}`, arg.slice(index + 1));
              continue;
            }
          }
          if (dest === operands && maybeOption(arg) && !(this.commands.length === 0 && negativeNumberArg(arg))) {
            dest = unknown2;
          }
          if ((this._enablePositionalOptions || this._passThroughOptions) && operands.length === 0 && unknown2.length === 0) {
            if (this._findCommand(arg)) {
              operands.push(arg);
              unknown2.push(...args.slice(i));
              break;
            } else if (this._getHelpCommand() && arg === this._getHelpCommand().name()) {
              operands.push(arg, ...args.slice(i));
              break;
            } else if (this._defaultCommandName) {
              unknown2.push(arg, ...args.slice(i));
              break;
            }
          }
          if (this._passThroughOptions) {
            dest.push(arg, ...args.slice(i));
            break;
          }
          dest.push(arg);
        }
        return { operands, unknown: unknown2 };
      }
      /**
       * Return an object containing local option values as key-value pairs.
       *
       * @return {object}
       */
      opts() {
        if (this._storeOptionsAsProperties) {
          const result = {};
          const len = this.options.length;
          for (let i = 0; i < len; i++) {
            const key = this.options[i].attributeName();
            result[key] = key === this._versionOptionName ? this._version : this[key];
          }
          return result;
        }
        return this._optionValues;
      }
      /**
       * Return an object containing merged local and global option values as key-value pairs.
       *
       * @return {object}
       */
      optsWithGlobals() {
        return this._getCommandAndAncestors().reduce(
          (combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()),
          {}
        );
      }
      /**
       * Display error message and exit (or call exitOverride).
       *
       * @param {string} message
       * @param {object} [errorOptions]
       * @param {string} [errorOptions.code] - an id string representing the error
       * @param {number} [errorOptions.exitCode] - used with process.exit
       */
      error(message, errorOptions) {
        this._outputConfiguration.outputError(
          `${message}
`,
          this._outputConfiguration.writeErr
        );
        if (typeof this._showHelpAfterError === "string") {
          this._outputConfiguration.writeErr(`${this._showHelpAfterError}
`);
        } else if (this._showHelpAfterError) {
          this._outputConfiguration.writeErr("\n");
          this.outputHelp({ error: true });
        }
        const config = errorOptions || {};
        const exitCode = config.exitCode || 1;
        const code = config.code || "commander.error";
        this._exit(exitCode, code, message);
      }
      /**
       * Apply any option related environment variables, if option does
       * not have a value from cli or client code.
       *
       * @private
       */
      _parseOptionsEnv() {
        this.options.forEach((option) => {
          if (option.envVar && option.envVar in process10.env) {
            const optionKey = option.attributeName();
            if (this.getOptionValue(optionKey) === void 0 || ["default", "config", "env"].includes(
              this.getOptionValueSource(optionKey)
            )) {
              if (option.required || option.optional) {
                this.emit(`optionEnv:${option.name()}`, process10.env[option.envVar]);
              } else {
                this.emit(`optionEnv:${option.name()}`);
              }
            }
          }
        });
      }
      /**
       * Apply any implied option values, if option is undefined or default value.
       *
       * @private
       */
      _parseOptionsImplied() {
        const dualHelper = new DualOptions(this.options);
        const hasCustomOptionValue = (optionKey) => {
          return this.getOptionValue(optionKey) !== void 0 && !["default", "implied"].includes(this.getOptionValueSource(optionKey));
        };
        this.options.filter(
          (option) => option.implied !== void 0 && hasCustomOptionValue(option.attributeName()) && dualHelper.valueFromOption(
            this.getOptionValue(option.attributeName()),
            option
          )
        ).forEach((option) => {
          Object.keys(option.implied).filter((impliedKey) => !hasCustomOptionValue(impliedKey)).forEach((impliedKey) => {
            this.setOptionValueWithSource(
              impliedKey,
              option.implied[impliedKey],
              "implied"
            );
          });
        });
      }
      /**
       * Argument `name` is missing.
       *
       * @param {string} name
       * @private
       */
      missingArgument(name) {
        const message = `error: missing required argument '${name}'`;
        this.error(message, { code: "commander.missingArgument" });
      }
      /**
       * `Option` is missing an argument.
       *
       * @param {Option} option
       * @private
       */
      optionMissingArgument(option) {
        const message = `error: option '${option.flags}' argument missing`;
        this.error(message, { code: "commander.optionMissingArgument" });
      }
      /**
       * `Option` does not have a value, and is a mandatory option.
       *
       * @param {Option} option
       * @private
       */
      missingMandatoryOptionValue(option) {
        const message = `error: required option '${option.flags}' not specified`;
        this.error(message, { code: "commander.missingMandatoryOptionValue" });
      }
      /**
       * `Option` conflicts with another option.
       *
       * @param {Option} option
       * @param {Option} conflictingOption
       * @private
       */
      _conflictingOption(option, conflictingOption) {
        const findBestOptionFromValue = (option2) => {
          const optionKey = option2.attributeName();
          const optionValue = this.getOptionValue(optionKey);
          const negativeOption = this.options.find(
            (target) => target.negate && optionKey === target.attributeName()
          );
          const positiveOption = this.options.find(
            (target) => !target.negate && optionKey === target.attributeName()
          );
          if (negativeOption && (negativeOption.presetArg === void 0 && optionValue === false || negativeOption.presetArg !== void 0 && optionValue === negativeOption.presetArg)) {
            return negativeOption;
          }
          return positiveOption || option2;
        };
        const getErrorMessage = (option2) => {
          const bestOption = findBestOptionFromValue(option2);
          const optionKey = bestOption.attributeName();
          const source = this.getOptionValueSource(optionKey);
          if (source === "env") {
            return `environment variable '${bestOption.envVar}'`;
          }
          return `option '${bestOption.flags}'`;
        };
        const message = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
        this.error(message, { code: "commander.conflictingOption" });
      }
      /**
       * Unknown option `flag`.
       *
       * @param {string} flag
       * @private
       */
      unknownOption(flag) {
        if (this._allowUnknownOption) return;
        let suggestion = "";
        if (flag.startsWith("--") && this._showSuggestionAfterError) {
          let candidateFlags = [];
          let command = this;
          do {
            const moreFlags = command.createHelp().visibleOptions(command).filter((option) => option.long).map((option) => option.long);
            candidateFlags = candidateFlags.concat(moreFlags);
            command = command.parent;
          } while (command && !command._enablePositionalOptions);
          suggestion = suggestSimilar(flag, candidateFlags);
        }
        const message = `error: unknown option '${flag}'${suggestion}`;
        this.error(message, { code: "commander.unknownOption" });
      }
      /**
       * Excess arguments, more than expected.
       *
       * @param {string[]} receivedArgs
       * @private
       */
      _excessArguments(receivedArgs) {
        if (this._allowExcessArguments) return;
        const expected = this.registeredArguments.length;
        const s = expected === 1 ? "" : "s";
        const forSubcommand = this.parent ? ` for '${this.name()}'` : "";
        const message = `error: too many arguments${forSubcommand}. Expected ${expected} argument${s} but got ${receivedArgs.length}.`;
        this.error(message, { code: "commander.excessArguments" });
      }
      /**
       * Unknown command.
       *
       * @private
       */
      unknownCommand() {
        const unknownName = this.args[0];
        let suggestion = "";
        if (this._showSuggestionAfterError) {
          const candidateNames = [];
          this.createHelp().visibleCommands(this).forEach((command) => {
            candidateNames.push(command.name());
            if (command.alias()) candidateNames.push(command.alias());
          });
          suggestion = suggestSimilar(unknownName, candidateNames);
        }
        const message = `error: unknown command '${unknownName}'${suggestion}`;
        this.error(message, { code: "commander.unknownCommand" });
      }
      /**
       * Get or set the program version.
       *
       * This method auto-registers the "-V, --version" option which will print the version number.
       *
       * You can optionally supply the flags and description to override the defaults.
       *
       * @param {string} [str]
       * @param {string} [flags]
       * @param {string} [description]
       * @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
       */
      version(str, flags, description) {
        if (str === void 0) return this._version;
        this._version = str;
        flags = flags || "-V, --version";
        description = description || "output the version number";
        const versionOption = this.createOption(flags, description);
        this._versionOptionName = versionOption.attributeName();
        this._registerOption(versionOption);
        this.on("option:" + versionOption.name(), () => {
          this._outputConfiguration.writeOut(`${str}
`);
          this._exit(0, "commander.version", str);
        });
        return this;
      }
      /**
       * Set the description.
       *
       * @param {string} [str]
       * @param {object} [argsDescription]
       * @return {(string|Command)}
       */
      description(str, argsDescription) {
        if (str === void 0 && argsDescription === void 0)
          return this._description;
        this._description = str;
        if (argsDescription) {
          this._argsDescription = argsDescription;
        }
        return this;
      }
      /**
       * Set the summary. Used when listed as subcommand of parent.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      summary(str) {
        if (str === void 0) return this._summary;
        this._summary = str;
        return this;
      }
      /**
       * Set an alias for the command.
       *
       * You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
       *
       * @param {string} [alias]
       * @return {(string|Command)}
       */
      alias(alias) {
        if (alias === void 0) return this._aliases[0];
        let command = this;
        if (this.commands.length !== 0 && this.commands[this.commands.length - 1]._executableHandler) {
          command = this.commands[this.commands.length - 1];
        }
        if (alias === command._name)
          throw new Error("Command alias can't be the same as its name");
        const matchingCommand = this.parent?._findCommand(alias);
        if (matchingCommand) {
          const existingCmd = [matchingCommand.name()].concat(matchingCommand.aliases()).join("|");
          throw new Error(
            `cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`
          );
        }
        command._aliases.push(alias);
        return this;
      }
      /**
       * Set aliases for the command.
       *
       * Only the first alias is shown in the auto-generated help.
       *
       * @param {string[]} [aliases]
       * @return {(string[]|Command)}
       */
      aliases(aliases) {
        if (aliases === void 0) return this._aliases;
        aliases.forEach((alias) => this.alias(alias));
        return this;
      }
      /**
       * Set / get the command usage `str`.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      usage(str) {
        if (str === void 0) {
          if (this._usage) return this._usage;
          const args = this.registeredArguments.map((arg) => {
            return humanReadableArgName(arg);
          });
          return [].concat(
            this.options.length || this._helpOption !== null ? "[options]" : [],
            this.commands.length ? "[command]" : [],
            this.registeredArguments.length ? args : []
          ).join(" ");
        }
        this._usage = str;
        return this;
      }
      /**
       * Get or set the name of the command.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      name(str) {
        if (str === void 0) return this._name;
        this._name = str;
        return this;
      }
      /**
       * Set/get the help group heading for this subcommand in parent command's help.
       *
       * @param {string} [heading]
       * @return {Command | string}
       */
      helpGroup(heading2) {
        if (heading2 === void 0) return this._helpGroupHeading ?? "";
        this._helpGroupHeading = heading2;
        return this;
      }
      /**
       * Set/get the default help group heading for subcommands added to this command.
       * (This does not override a group set directly on the subcommand using .helpGroup().)
       *
       * @example
       * program.commandsGroup('Development Commands:);
       * program.command('watch')...
       * program.command('lint')...
       * ...
       *
       * @param {string} [heading]
       * @returns {Command | string}
       */
      commandsGroup(heading2) {
        if (heading2 === void 0) return this._defaultCommandGroup ?? "";
        this._defaultCommandGroup = heading2;
        return this;
      }
      /**
       * Set/get the default help group heading for options added to this command.
       * (This does not override a group set directly on the option using .helpGroup().)
       *
       * @example
       * program
       *   .optionsGroup('Development Options:')
       *   .option('-d, --debug', 'output extra debugging')
       *   .option('-p, --profile', 'output profiling information')
       *
       * @param {string} [heading]
       * @returns {Command | string}
       */
      optionsGroup(heading2) {
        if (heading2 === void 0) return this._defaultOptionGroup ?? "";
        this._defaultOptionGroup = heading2;
        return this;
      }
      /**
       * @param {Option} option
       * @private
       */
      _initOptionGroup(option) {
        if (this._defaultOptionGroup && !option.helpGroupHeading)
          option.helpGroup(this._defaultOptionGroup);
      }
      /**
       * @param {Command} cmd
       * @private
       */
      _initCommandGroup(cmd) {
        if (this._defaultCommandGroup && !cmd.helpGroup())
          cmd.helpGroup(this._defaultCommandGroup);
      }
      /**
       * Set the name of the command from script filename, such as process.argv[1],
       * or require.main.filename, or __filename.
       *
       * (Used internally and public although not documented in README.)
       *
       * @example
       * program.nameFromFilename(require.main.filename);
       *
       * @param {string} filename
       * @return {Command}
       */
      nameFromFilename(filename) {
        this._name = path16.basename(filename, path16.extname(filename));
        return this;
      }
      /**
       * Get or set the directory for searching for executable subcommands of this command.
       *
       * @example
       * program.executableDir(__dirname);
       * // or
       * program.executableDir('subcommands');
       *
       * @param {string} [path]
       * @return {(string|null|Command)}
       */
      executableDir(path17) {
        if (path17 === void 0) return this._executableDir;
        this._executableDir = path17;
        return this;
      }
      /**
       * Return program help documentation.
       *
       * @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
       * @return {string}
       */
      helpInformation(contextOptions) {
        const helper = this.createHelp();
        const context = this._getOutputContext(contextOptions);
        helper.prepareContext({
          error: context.error,
          helpWidth: context.helpWidth,
          outputHasColors: context.hasColors
        });
        const text = helper.formatHelp(this, helper);
        if (context.hasColors) return text;
        return this._outputConfiguration.stripColor(text);
      }
      /**
       * @typedef HelpContext
       * @type {object}
       * @property {boolean} error
       * @property {number} helpWidth
       * @property {boolean} hasColors
       * @property {function} write - includes stripColor if needed
       *
       * @returns {HelpContext}
       * @private
       */
      _getOutputContext(contextOptions) {
        contextOptions = contextOptions || {};
        const error2 = !!contextOptions.error;
        let baseWrite;
        let hasColors;
        let helpWidth;
        if (error2) {
          baseWrite = (str) => this._outputConfiguration.writeErr(str);
          hasColors = this._outputConfiguration.getErrHasColors();
          helpWidth = this._outputConfiguration.getErrHelpWidth();
        } else {
          baseWrite = (str) => this._outputConfiguration.writeOut(str);
          hasColors = this._outputConfiguration.getOutHasColors();
          helpWidth = this._outputConfiguration.getOutHelpWidth();
        }
        const write = (str) => {
          if (!hasColors) str = this._outputConfiguration.stripColor(str);
          return baseWrite(str);
        };
        return { error: error2, write, hasColors, helpWidth };
      }
      /**
       * Output help information for this command.
       *
       * Outputs built-in help, and custom text added using `.addHelpText()`.
       *
       * @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
       */
      outputHelp(contextOptions) {
        let deprecatedCallback;
        if (typeof contextOptions === "function") {
          deprecatedCallback = contextOptions;
          contextOptions = void 0;
        }
        const outputContext = this._getOutputContext(contextOptions);
        const eventContext = {
          error: outputContext.error,
          write: outputContext.write,
          command: this
        };
        this._getCommandAndAncestors().reverse().forEach((command) => command.emit("beforeAllHelp", eventContext));
        this.emit("beforeHelp", eventContext);
        let helpInformation = this.helpInformation({ error: outputContext.error });
        if (deprecatedCallback) {
          helpInformation = deprecatedCallback(helpInformation);
          if (typeof helpInformation !== "string" && !Buffer.isBuffer(helpInformation)) {
            throw new Error("outputHelp callback must return a string or a Buffer");
          }
        }
        outputContext.write(helpInformation);
        if (this._getHelpOption()?.long) {
          this.emit(this._getHelpOption().long);
        }
        this.emit("afterHelp", eventContext);
        this._getCommandAndAncestors().forEach(
          (command) => command.emit("afterAllHelp", eventContext)
        );
      }
      /**
       * You can pass in flags and a description to customise the built-in help option.
       * Pass in false to disable the built-in help option.
       *
       * @example
       * program.helpOption('-?, --help' 'show help'); // customise
       * program.helpOption(false); // disable
       *
       * @param {(string | boolean)} flags
       * @param {string} [description]
       * @return {Command} `this` command for chaining
       */
      helpOption(flags, description) {
        if (typeof flags === "boolean") {
          if (flags) {
            if (this._helpOption === null) this._helpOption = void 0;
            if (this._defaultOptionGroup) {
              this._initOptionGroup(this._getHelpOption());
            }
          } else {
            this._helpOption = null;
          }
          return this;
        }
        this._helpOption = this.createOption(
          flags ?? "-h, --help",
          description ?? "display help for command"
        );
        if (flags || description) this._initOptionGroup(this._helpOption);
        return this;
      }
      /**
       * Lazy create help option.
       * Returns null if has been disabled with .helpOption(false).
       *
       * @returns {(Option | null)} the help option
       * @package
       */
      _getHelpOption() {
        if (this._helpOption === void 0) {
          this.helpOption(void 0, void 0);
        }
        return this._helpOption;
      }
      /**
       * Supply your own option to use for the built-in help option.
       * This is an alternative to using helpOption() to customise the flags and description etc.
       *
       * @param {Option} option
       * @return {Command} `this` command for chaining
       */
      addHelpOption(option) {
        this._helpOption = option;
        this._initOptionGroup(option);
        return this;
      }
      /**
       * Output help information and exit.
       *
       * Outputs built-in help, and custom text added using `.addHelpText()`.
       *
       * @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
       */
      help(contextOptions) {
        this.outputHelp(contextOptions);
        let exitCode = Number(process10.exitCode ?? 0);
        if (exitCode === 0 && contextOptions && typeof contextOptions !== "function" && contextOptions.error) {
          exitCode = 1;
        }
        this._exit(exitCode, "commander.help", "(outputHelp)");
      }
      /**
       * // Do a little typing to coordinate emit and listener for the help text events.
       * @typedef HelpTextEventContext
       * @type {object}
       * @property {boolean} error
       * @property {Command} command
       * @property {function} write
       */
      /**
       * Add additional text to be displayed with the built-in help.
       *
       * Position is 'before' or 'after' to affect just this command,
       * and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
       *
       * @param {string} position - before or after built-in help
       * @param {(string | Function)} text - string to add, or a function returning a string
       * @return {Command} `this` command for chaining
       */
      addHelpText(position, text) {
        const allowedValues = ["beforeAll", "before", "after", "afterAll"];
        if (!allowedValues.includes(position)) {
          throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
        }
        const helpEvent = `${position}Help`;
        this.on(helpEvent, (context) => {
          let helpStr;
          if (typeof text === "function") {
            helpStr = text({ error: context.error, command: context.command });
          } else {
            helpStr = text;
          }
          if (helpStr) {
            context.write(`${helpStr}
`);
          }
        });
        return this;
      }
      /**
       * Output help information if help flags specified
       *
       * @param {Array} args - array of options to search for help flags
       * @private
       */
      _outputHelpIfRequested(args) {
        const helpOption = this._getHelpOption();
        const helpRequested = helpOption && args.find((arg) => helpOption.is(arg));
        if (helpRequested) {
          this.outputHelp();
          this._exit(0, "commander.helpDisplayed", "(outputHelp)");
        }
      }
    };
    function incrementNodeInspectorPort(args) {
      return args.map((arg) => {
        if (!arg.startsWith("--inspect")) {
          return arg;
        }
        let debugOption;
        let debugHost = "127.0.0.1";
        let debugPort = "9229";
        let match;
        if ((match = arg.match(/^(--inspect(-brk)?)$/)) !== null) {
          debugOption = match[1];
        } else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+)$/)) !== null) {
          debugOption = match[1];
          if (/^\d+$/.test(match[3])) {
            debugPort = match[3];
          } else {
            debugHost = match[3];
          }
        } else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+):(\d+)$/)) !== null) {
          debugOption = match[1];
          debugHost = match[3];
          debugPort = match[4];
        }
        if (debugOption && debugPort !== "0") {
          return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
        }
        return arg;
      });
    }
    function useColor() {
      if (process10.env.NO_COLOR || process10.env.FORCE_COLOR === "0" || process10.env.FORCE_COLOR === "false")
        return false;
      if (process10.env.FORCE_COLOR || process10.env.CLICOLOR_FORCE !== void 0)
        return true;
      return void 0;
    }
    exports.Command = Command2;
    exports.useColor = useColor;
  }
});

// node_modules/commander/index.js
var require_commander = __commonJS({
  "node_modules/commander/index.js"(exports) {
    var { Argument: Argument2 } = require_argument();
    var { Command: Command2 } = require_command();
    var { CommanderError: CommanderError2, InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var { Help: Help2 } = require_help();
    var { Option: Option2 } = require_option();
    exports.program = new Command2();
    exports.createCommand = (name) => new Command2(name);
    exports.createOption = (flags, description) => new Option2(flags, description);
    exports.createArgument = (name, description) => new Argument2(name, description);
    exports.Command = Command2;
    exports.Option = Option2;
    exports.Argument = Argument2;
    exports.Help = Help2;
    exports.CommanderError = CommanderError2;
    exports.InvalidArgumentError = InvalidArgumentError2;
    exports.InvalidOptionArgumentError = InvalidArgumentError2;
  }
});

// src/entrypoints/cli.ts
import path15 from "node:path";
import process9 from "node:process";

// src/entrypoints/cli/program.ts
import path14 from "node:path";

// node_modules/commander/esm.mjs
var import_index = __toESM(require_commander(), 1);
var {
  program,
  createCommand,
  createArgument,
  createOption,
  CommanderError,
  InvalidArgumentError,
  InvalidOptionArgumentError,
  // deprecated old name
  Command,
  Argument,
  Option,
  Help
} = import_index.default;

// src/entrypoints/cli/cli-error.ts
var CliError = class extends Error {
  name = "CliError";
  exit;
  /** The exact next step; printed on a line of its own. `null` if the message says it all. */
  next;
  /** `message` says what failed, on what and why. */
  constructor(exit, message, options = {}) {
    super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
    this.exit = exit;
    this.next = options.next ?? null;
  }
};

// src/adapters/local/git-ledger-store.ts
var MAX_LEDGER_BYTES = 256 * 1024 * 1024;
var LEDGER_PREFIX = "espalier-ledger/";
var AUTHOR = { name: "Espalier", email: "espalier@localhost" };
function openGitLedgerStore(git, options) {
  const writeVersion = async (files, parent, subject) => git.writeCommit({
    tree: await git.writeTree(files),
    parents: parent === null ? [] : [parent],
    message: subject.replace(/\s+/g, " ").trim() || "Update the ledger",
    author: AUTHOR,
    atMs: options.clock.now()
  });
  return {
    async read(plan, target) {
      const version = await readVersion(git, plan, target);
      const [planFiles, queueFiles] = await Promise.all([
        readLedger(git, version.plan),
        readLedger(git, version.queue)
      ]);
      return { planFiles, queueFiles, version };
    },
    async write({ plan, target, version, planFiles, queueFiles, subject }) {
      const next = {
        plan: await writeVersion(planFiles, version.plan, subject),
        queue: queueFiles === null ? version.queue : await writeVersion(queueFiles, version.queue, subject)
      };
      const { ledger, queue } = branchesOf(plan, target);
      const moves = [
        { branch: ledger, from: version.plan, to: next.plan },
        { branch: queue, from: version.queue, to: next.queue }
      ];
      const outcome = await git.moveBranches(moves, subject);
      return outcome.moved ? { kind: "written", version: next } : { kind: "conflict" };
    },
    async listPlans() {
      const plans = [];
      for (const { branch } of await git.listBranches(LEDGER_PREFIX)) {
        const plan = readPlanId(branch.slice(LEDGER_PREFIX.length));
        if (plan.ok) plans.push(plan.value);
      }
      return plans.sort();
    }
  };
}
function branchesOf(plan, target) {
  return { ledger: branchFor({ kind: "ledger", plan }), queue: branchFor({ kind: "queue", base: target }) };
}
async function readVersion(git, plan, target) {
  const { ledger, queue } = branchesOf(plan, target);
  const tips = await git.readBranches([ledger, queue]);
  return { plan: tips.get(ledger) ?? null, queue: tips.get(queue) ?? null };
}
async function readLedger(git, at) {
  return at === null ? null : git.readFiles(at, MAX_LEDGER_BYTES);
}

// src/adapters/local/processes.ts
import { randomBytes } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import os from "node:os";
var SEPARATOR = ":";
async function describeThisProcess() {
  const parts = {
    host: os.hostname().replace(/[^A-Za-z0-9.-]/g, "-").slice(0, 100) || "unknown",
    ...await describeMachine(),
    pid: process.pid,
    startTime: (await readStart(process.pid))?.startTime ?? "0"
  };
  const words = [
    parts.host,
    parts.bootId,
    parts.pidNamespace,
    parts.pid,
    parts.startTime,
    randomBytes(4).toString("hex")
  ];
  return { id: words.join(SEPARATOR), ...parts };
}
function readHolderId(id) {
  const words = id.split(SEPARATOR);
  const [host, bootId, pidNamespace, pid, startTime] = words;
  if (words.length !== 6 || !host || !bootId || !pidNamespace || !startTime || !/^[1-9]\d{0,9}$/.test(pid ?? ""))
    return null;
  return { id, host, bootId, pidNamespace, pid: Number(pid), startTime };
}
async function isHolderAlive(id) {
  const holder = readHolderId(id);
  if (holder === null) return null;
  const here = {
    host: os.hostname().replace(/[^A-Za-z0-9.-]/g, "-").slice(0, 100) || "unknown",
    ...await describeMachine()
  };
  if (holder.host !== here.host) return null;
  if (holder.bootId !== here.bootId) return holder.bootId === "0" || here.bootId === "0" ? null : false;
  if (holder.pidNamespace !== here.pidNamespace) return null;
  const found2 = await readStart(holder.pid);
  if (found2 !== null) return !found2.isGone && (holder.startTime === "0" || found2.startTime === holder.startTime);
  return here.bootId === "0" ? answersSignals(holder.pid) : false;
}
async function describeMachine() {
  const [boot, namespace] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
    readlink("/proc/self/ns/pid").catch(() => "")
  ]);
  return {
    bootId: boot.trim().replaceAll("-", "").slice(0, 8) || "0",
    pidNamespace: /\[(\d+)\]/.exec(namespace)?.[1] ?? "0"
  };
}
async function readStart(pid) {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "", startTime = "0"] = [fields[0], fields[19]];
  return { startTime, isGone: state === "Z" || state === "X" };
}
function answersSignals(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error2) {
    return error2.code === "EPERM";
  }
}

// src/entrypoints/cli/open-repository.ts
async function openRepository(session2) {
  const { env } = session2.input;
  const opened = await openGit(session2.repositoryDir, {
    env,
    ...session2.stateDir === null ? {} : { stateDir: session2.stateDir }
  });
  if (opened.kind === "refused") throw new CliError("unfit", opened.because, { next: opened.nextStep });
  const { git, facts, stateDir } = opened;
  return {
    git,
    facts,
    stateDir,
    store: openGitLedgerStore(git, { clock: SYSTEM_CLOCK }),
    evidence: openEvidenceFiles({ stateDir, secrets: findEnvironmentSecrets(env) }),
    isHolderAlive,
    [Symbol.asyncDispose]: async () => git[Symbol.asyncDispose]()
  };
}

// src/entrypoints/cli/select-plan.ts
import { readFile as readFile2 } from "node:fs/promises";
import path from "node:path";
async function readAllPlans(session2, repository) {
  const known = [];
  for (const id of await repository.store.listPlans()) {
    try {
      const plan = await readKnownPlan(repository, id);
      if (plan !== null) known.push(plan);
    } catch (error2) {
      session2.warn(error2 instanceof Error ? error2.message : String(error2));
    }
  }
  return known;
}
async function readKnownPlan(repository, id) {
  const ledgers = await readLedgers(repository.store, id);
  const { ledger } = ledgers;
  if (ledger === null) return null;
  const now = Date.now();
  const holders = await liveHolders(repository, ledger, now);
  return { ...ledgers, ledger, view: viewPlan(ledger, ledgers.queue, now), holders };
}
async function selectPlan(session2, repository, said, task = null) {
  if (said !== null) return selectNamed(session2, repository, said);
  const all = await readAllPlans(session2, repository);
  if (all.length === 0) throw await explainNoPlan(repository);
  const fitting = task === null ? all : all.filter((plan) => plan.view.tasks.some((each) => each.id === task));
  if (fitting.length === 0) throw unknownTask(all, task ?? "");
  const open3 = fitting.filter((plan) => plan.view.status !== "landed");
  const [only, ...others] = open3.length > 0 ? open3 : fitting;
  if (only !== void 0 && others.length === 0) return only;
  const names = fitting.map((plan) => `'${plan.view.plan}'`).join(", ");
  throw new CliError("usage", `More than one plan is meant: ${names}.`, {
    next: `name one of them: ${task === null ? fitting[0]?.view.plan : `--plan ${fitting[0]?.view.plan}`}`
  });
}
async function explainNoPlan(repository) {
  const listed = await repository.store.listPlans();
  if (listed.length === 0)
    return new CliError("usage", "No plan has been run in this repository.", { next: "espalier run PLAN.md" });
  return new CliError("unfit", `No ledger of this repository can be read: ${listed.join(", ")}.`, {
    next: "use the version of espalier that wrote it, or give the plan another id"
  });
}
function requireTask(plan, text) {
  const found2 = plan.view.tasks.find((task) => task.id === text);
  if (found2 === void 0) throw unknownTask([plan], text);
  return found2.id;
}
function readTaskArgument(text) {
  const id = readTaskId(text);
  if (!id.ok) throw new CliError("usage", `'${text}' is not a task: ${id.because}.`, { next: "espalier status" });
  return id.value;
}
async function selectNamed(session2, repository, said) {
  const id = readPlanId(said);
  if (id.ok) {
    const plan = await readKnownPlan(repository, id.value);
    if (plan !== null) return plan;
  }
  const fromFile = await readIdFromFile(session2, said);
  if (fromFile !== null) {
    const plan = await readKnownPlan(repository, fromFile);
    if (plan !== null) return plan;
    throw new CliError("usage", `Plan '${fromFile}' (of file '${said}') has not been run in this repository.`, {
      next: showCommand(["espalier", "run", said])
    });
  }
  const ids = await repository.store.listPlans();
  const nearest = findNearestName(said, ids);
  throw new CliError("usage", `No plan and no plan file here is named '${said}'.`, {
    next: nearest === null ? "espalier status lists the plans" : `did you mean '${nearest}'?`
  });
}
async function readIdFromFile(session2, said) {
  try {
    const text = await readFile2(path.resolve(session2.input.cwd, said), "utf8");
    return readPlan(text, { fileName: said }).plan?.id ?? null;
  } catch {
    return null;
  }
}
async function liveHolders(repository, ledger, now) {
  const leased = Object.entries(ledger.holders).filter(([, holder]) => holder.until > now);
  const alive = await Promise.all(leased.map(([id]) => repository.isHolderAlive(id)));
  return leased.filter((_, index) => alive[index] !== false).map(([, holder]) => holder.description);
}
function unknownTask(plans, text) {
  const ids = plans.flatMap((plan) => plan.view.tasks.map((task) => task.id));
  const nearest = findNearestName(text, ids);
  const where = plans.length === 1 ? `Plan '${plans[0]?.view.plan}' has` : "No plan here has";
  return new CliError("usage", `${where} ${plans.length === 1 ? "no" : "a"} task '${text}'.`, {
    next: nearest === null ? "espalier status lists the tasks" : `did you mean '${nearest}'?`
  });
}

// src/entrypoints/cli/change-plan.ts
async function changeTasks(session2, what, texts, options) {
  var _stack = [];
  try {
    const asked = [...new Set(texts.map(readTaskArgument))];
    const repository = __using(_stack, await openRepository(session2), true);
    const plan = await selectPlan(session2, repository, options.plan ?? null, asked[0] ?? null);
    const tasks = asked.map((id) => requireTask(plan, id));
    const by = nameOfPerson(session2, repository);
    const change = (ledger) => changeEach(ledger, tasks, what, by);
    await applyChange(repository, plan, `${what} ${tasks.join(", ")}`, change);
    const done = what === "retry" ? "will be attempted again" : "cancelled";
    for (const task of tasks) session2.out.print([[span(task, "strong"), span(` ${done}`)]]);
    sayWhatFollows(session2, plan);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function cancelWholePlan(session2, options) {
  var _stack = [];
  try {
    const repository = __using(_stack, await openRepository(session2), true);
    const plan = await selectPlan(session2, repository, options.plan ?? null);
    const by = nameOfPerson(session2, repository);
    await applyChange(repository, plan, "cancel all", (ledger) => cancelPlan(ledger, by, Date.now()));
    session2.out.print([[span(plan.view.plan, "strong"), span(": everything that had not landed is cancelled")]]);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function pauseOrResume(session2, what, said) {
  var _stack = [];
  try {
    const repository = __using(_stack, await openRepository(session2), true);
    const plan = await selectPlan(session2, repository, said);
    if (what === "resume") {
      await resume(session2, repository, plan);
      return;
    }
    const by = nameOfPerson(session2, repository);
    await applyChange(repository, plan, "pause", (ledger) => pausePlan(ledger, by, Date.now()));
    session2.out.print([[span(plan.view.plan, "strong"), span(" is paused")]]);
    session2.note(`attempts that run go on to their end; espalier resume ${plan.view.plan}`);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function resume(session2, repository, plan) {
  const { frozen, target } = plan.view;
  if (frozen === null) await applyChange(repository, plan, "resume", resumePlan);
  else {
    const changed = await changeLedgers(
      repository.store,
      plan.ledger.plan.id,
      "resume, thaw",
      ({ ledger, queue }) => thawTarget({ ...ledger, paused: null }, queue)
    );
    if (!changed.ok) throw new CliError("findings", changed.because, { next: changed.next });
    session2.warn(`'${target}' was frozen: ${frozen.because}. Landings go on from what stands there now.`);
    if (frozen.commitSha !== void 0)
      session2.note(
        `look at what landed: git show ${frozen.commitSha}; to take it back: git revert -m 1 ${frozen.commitSha}`
      );
  }
  session2.out.print([[span(plan.view.plan, "strong"), span(" goes on")]]);
  sayWhatFollows(session2, plan);
}
function changeEach(ledger, tasks, what, by) {
  let value = ledger;
  for (const task of tasks) {
    const changed = what === "retry" ? retryTask(value, task) : cancelTask(value, task, by, Date.now());
    if (!changed.ok) return changed;
    value = changed.value;
  }
  return { ok: true, value };
}
async function applyChange(repository, plan, subject, change) {
  const changed = await changeLedger(repository.store, plan.ledger.plan.id, subject, change);
  if (!changed.ok) throw new CliError("findings", changed.because, { next: changed.next });
}
function sayWhatFollows(session2, plan) {
  if (plan.holders.length > 0) session2.note(`picked up by ${plan.holders.join("; ")}`);
  else session2.note(`no run works on '${plan.view.plan}' now: give its espalier run command again`);
}
function nameOfPerson(session2, repository) {
  return repository.facts.identity?.name ?? session2.input.env.USER ?? session2.input.env.LOGNAME ?? "a person";
}

// src/entrypoints/cli/help.ts
function addExamples(command, examples) {
  const width = Math.max(...examples.map(([line2]) => line2.length));
  const lines2 = examples.map(([line2, meaning]) => `  ${line2.padEnd(width)}   ${meaning}`);
  return command.addHelpText("after", `
Examples:
${lines2.join("\n")}`);
}
function wholeNumber(minimum, maximum = Number.MAX_SAFE_INTEGER) {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      const limit = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`It must be a whole number ${limit}.`);
    }
    return value;
  };
}
function dollars(text) {
  return valueOf(readMoney(text));
}
function duration(text) {
  return valueOf(readDuration(text));
}
function age(text) {
  const match = /^(\d{1,6})\s*(m|min|h|d|w)?$/.exec(text);
  const unit = match?.[2] ?? (match?.[1] === "0" ? "d" : "");
  const unitMs = { m: 6e4, min: 6e4, h: 36e5, d: 864e5, w: 6048e5 }[unit];
  if (match === null || unitMs === void 0)
    throw new InvalidArgumentError("It must be an age such as 14d, 12h or 0.");
  return Number(match[1]) * unitMs;
}
function oneOf(names) {
  return (text) => {
    const found2 = names.find((name) => name === text);
    if (found2 !== void 0) return found2;
    const nearest = findNearestName(text, names);
    const hint = nearest === null ? `It must be one of ${names.join(", ")}.` : `Did you mean ${nearest}?`;
    throw new InvalidArgumentError(hint);
  };
}
function listOf(names) {
  return (text, earlier) => [...earlier ?? [], ...text.split(",").map((part) => oneOf(names)(part.trim()))];
}
function collect(value, earlier) {
  return [...earlier ?? [], value];
}
function collectWords(value, earlier) {
  return [
    ...earlier ?? [],
    ...value.split(",").map((part) => part.trim()).filter((part) => part !== "")
  ];
}
function valueOf(read) {
  if (!read.ok) throw new InvalidArgumentError(`Not possible: ${read.because}.`);
  return read.value;
}

// src/entrypoints/cli/cancel-command.ts
function addCancelCommand(program2, session2) {
  const command = program2.command("cancel").summary("stop tasks, or all that is left of a plan").description(
    "Stops tasks: attempts that run are ended, none is started, and tasks that need them are held. What was landed stays, and branches and logs are kept. espalier retry takes it back."
  ).argument("[task...]", "ids of the tasks").option("--all", "every task of the plan that has not landed").option("--plan <plan>", "id or file of the plan").action(async (tasks, options) => {
    if (options.all === true === tasks.length > 0)
      throw new CliError("usage", "cancel needs either the ids of tasks or --all.", {
        next: "espalier cancel <task>, or espalier cancel --all --plan <plan>"
      });
    if (options.all === true) await cancelWholePlan(session2, options);
    else await changeTasks(session2, "cancel", tasks, options);
  });
  addExamples(command, [
    ["espalier cancel docs", "stop one task"],
    ["espalier cancel --all --plan my-plan", "stop all that has not landed"]
  ]);
}

// src/core/report/certificate-report.ts
function renderCertificates(certificates, options) {
  const glyphs = glyphsFor(options.isUtf8);
  return certificates.flatMap((each, index) => [...index > 0 ? [[]] : [], ...renderCertificate(each, glyphs)]);
}
function renderCertificate(certificate, glyphs) {
  const isSame = certificate.testedTree === certificate.landedTree;
  const facts = [
    ["landed", `${certificate.landedSha} on ${certificate.target}, ${formatTimestamp(certificate.landedAt)}`],
    ["stood on", certificate.fromSha],
    ["head", `${certificate.headSha} (attempt ${certificate.attempt})`],
    [
      "tree",
      `${certificate.landedTree}${isSame ? ", the tested one" : ` IS NOT the tested ${certificate.testedTree}`}`
    ],
    ["strength", STRENGTH_WORDS[certificate.strength]],
    [
      "plan",
      `${certificate.plan}, revision ${shortSha(certificate.revision)}, task ${shortSha(certificate.taskDigest)}`
    ],
    ["needs", certificate.needs.map((each) => `${each.task} (${shortSha(each.landedSha)})`).join(", ") || "none"],
    ["review", reviewWord(certificate)],
    ["sandbox", sandboxWord(certificate)],
    ["evidence", certificate.evidence]
  ];
  return [
    [span("Certificate", "strong"), span(" of "), span(certificate.task, "strong")],
    ...facts.map(([name, value]) => [
      span(`  ${fitText(name, 9, "")} `, "dim"),
      span(value, name === "tree" && !isSame ? "bad" : "plain")
    ]),
    line("  tests", "dim"),
    ...certificate.tests.map((each) => [
      span(`    ${fitText(each.stage, 10, glyphs.cut)} `),
      span(fitText(each.status, 9, glyphs.cut), each.status === "passed" ? "good" : "bad"),
      span(` tree ${shortSha(each.tree)}, suite ${shortSha(each.suite)}`, "dim")
    ]),
    line("  rules", "dim"),
    ...certificate.rules.map((each) => {
      const status = isRuleStatus(each.status) ? each.status : "failed";
      return [
        span(`    ${glyphs.rules[status]} `, RULE_STYLES[status]),
        span(fitText(each.rule, 16, glyphs.cut)),
        span(` ${each.because}`, "dim")
      ];
    })
  ];
}
var STRENGTH_WORDS = {
  exact: "exact: only a tested tree could become the tip",
  audited: "audited: the trees were compared after the landing",
  "by-hand": "by hand: a person merged it; what was known of it then follows"
};
function reviewWord(certificate) {
  const review = certificate.review;
  if (review === null) return "none (switched off by name)";
  return `${formatScore(review.score)} (wanted ${review.threshold}) by ${review.reviewer}, change ${shortSha(review.change)}`;
}
function sandboxWord(certificate) {
  const { engine, profile, waived } = certificate.sandbox;
  return `${engine}, profile ${profile}${waived.length > 0 ? `, waived: ${waived.join(", ")}` : ""}`;
}
function isRuleStatus(text) {
  return Object.hasOwn(RULE_STYLES, text);
}

// src/entrypoints/cli/show-certificates.ts
async function showCertificates(session2, text, options) {
  var _stack = [];
  try {
    const id = text === null ? null : readTaskArgument(text);
    const repository = __using(_stack, await openRepository(session2), true);
    const plan = await selectPlan(session2, repository, options.plan ?? null, id);
    if (id !== null) requireTask(plan, id);
    const found2 = plan.ledger.certificates.filter((certificate) => id === null || certificate.task === id);
    if (found2.length === 0) {
      if (options.json === true) session2.printJson([]);
      throw new CliError("findings", id === null ? "Nothing has landed yet." : `Task '${id}' has not landed.`, {
        next: id === null ? `espalier status ${plan.view.plan}` : `espalier why ${id} --plan ${plan.view.plan}`
      });
    }
    if (options.json === true) session2.printJson(found2);
    else session2.out.print(renderCertificates(found2, { isUtf8: session2.out.isUtf8 }));
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}

// src/entrypoints/cli/certificate-command.ts
function addCertificateCommand(program2, session2) {
  const command = program2.command("certificate").summary("show what let a task land").description(
    "Shows the certificates of landings: which commit and tree, on what they stood, which tests and review counted, the rules as they stood, and the sandbox. Reads only."
  ).argument("[task]", "id of the task; all landings of the plan when left out").option("--plan <plan>", "id or file of the plan, where the task alone does not tell").option("--json", "print the certificates as a JSON array").action(async (task, options) => showCertificates(session2, task ?? null, options));
  addExamples(command, [
    ["espalier certificate backend", "what let backend land?"],
    ["espalier certificate --plan my-plan --json", "all of a plan, for an archive"]
  ]);
}

// src/core/report/check-json.ts
var CHECK_JSON_VERSION = 1;
function renderCheckJson(summary) {
  const text = JSON.stringify({ version: CHECK_JSON_VERSION, ...summary }, null, 2);
  let out = "";
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    out += character !== "\n" && isUnshowable(codePoint) ? escapeUnits(character) : character;
  }
  return `${out}
`;
}
function escapeUnits(character) {
  let out = "";
  for (let index = 0; index < character.length; index += 1)
    out += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  return out;
}

// src/core/report/check-problems.ts
var INDENT = 4;
var GUTTER = 8;
var VIEW_AFTER_CARET = 24;
function renderCheckProblems(problems, options) {
  return problems.flatMap((problem) => [...renderOne(problem, options), []]).slice(0, -1);
}
function renderOne(problem, options) {
  const { severity, line: line2, column, message, nearest } = problem;
  const source = escapeText(options.source, 60);
  const place = line2 === null ? source : `${source}:${line2}${column === null ? "" : `:${column}`}`;
  const hint = nearest === null ? "" : `; did you mean '${escapeText(nearest, 200)}'?`;
  const style = severity === "error" ? "bad" : "warn";
  const text = wrapText(escapeText(`${message}${hint}`, 4e3), options.width - INDENT, options.mark);
  return [
    [
      span("  "),
      span(severity, style),
      span(` ${cutText(place, options.width - 40, options.mark)}`, "strong"),
      span(` [${problem.code}]`, "dim")
    ],
    ...text.map((each) => [span(" ".repeat(INDENT)), span(each)]),
    ...renderExcerpt(problem, options)
  ];
}
function renderExcerpt(problem, options) {
  const { excerpt, line: line2, column } = problem;
  if (excerpt === null || excerpt.trim() === "" || line2 === null) return [];
  const gutter = `${String(line2).padStart(GUTTER - 2)} ${options.mark === "…" ? "│" : "|"} `;
  const room = options.width - textWidth(gutter);
  const offset = column === null ? -1 : caretOffset(column);
  const hidden = Math.max(0, offset - (room - VIEW_AFTER_CARET));
  const view = hidden === 0 ? excerpt : `${options.mark}${excerpt.slice(hidden + 1)}`;
  const rows = [[span(gutter, "dim"), span(cutText(view, room, options.mark))]];
  if (offset < 0 || offset >= excerpt.length) return rows;
  const cells = textWidth(view.slice(0, offset - hidden));
  if (cells >= room) return rows;
  const blank = `${" ".repeat(GUTTER - 2)} ${options.mark === "…" ? "│" : "|"} `;
  rows.push([span(blank, "dim"), span(`${" ".repeat(cells)}^`, problem.severity === "error" ? "bad" : "warn")]);
  return rows;
}

// src/core/report/check-report.ts
var MAX_LISTED = 60;
var MIN_WIDTH = 60;
var MAX_WIDTH = 100;
var LABEL_WIDTH = 16;
var FORM_WORDS = { yaml: "YAML", headings: "headings", table: "task table", single: "single task" };
function renderCheck(summary, options) {
  const glyphs = glyphsFor(options.isUtf8);
  const look2 = {
    width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, options.width)),
    mark: glyphs.cut,
    dash: glyphs.dash,
    separator: glyphs.separator,
    arrow: options.isUtf8 ? "→" : "->",
    bar: options.isUtf8 ? "█" : "#",
    times: options.isUtf8 ? "×" : "x"
  };
  const { plan } = summary;
  const form = summary.form === null ? "no plan was recognised" : `read as ${FORM_WORDS[summary.form]}`;
  const body = plan === null ? [line(form, "dim")] : renderPlan(plan, form, look2);
  const rows = [...body, ...renderProblems(summary, options, look2), [], renderVerdict(summary)];
  return rows.map((row) => cutRow(row, look2.width, look2.mark));
}
function renderPlan(plan, form, look2) {
  const { separator } = look2;
  const base = plan.base === null ? "base: the branch that is checked out" : `base ${plan.base}`;
  return [
    line(escapeText(plan.title, look2.width), "strong"),
    line(`plan ${plan.id}`, "dim"),
    line(`${base}  ${separator}  ${form}`, "dim"),
    ...section(
      `Tasks  ${look2.dash}  ${countOf(plan.tasks.length, "task")}, ${countOf(plan.edgeCount, "edge")}, ${countOf(plan.waves.length, "wave")}`
    ),
    ...renderTasks(plan, look2),
    ...section("Hours"),
    ...renderHours(plan, look2),
    ...section(`Schedule on ${countOf(plan.schedule.agents, "agent")}`),
    ...renderSchedule(plan, look2),
    ...section("Owned paths"),
    ...renderOwnership(plan, look2),
    ...section("Locks"),
    ...renderLocks(plan, look2),
    ...section("Isolation"),
    ...renderIsolation(plan, look2)
  ];
}
function section(title) {
  return [[], line(title, "strong")];
}
function renderTasks(plan, look2) {
  const byWave = [...plan.tasks].sort((a, b) => a.wave - b.wave || a.line - b.line);
  const shown = byWave.slice(0, MAX_LISTED);
  const idWidth = columnWidth(
    shown.map((task) => task.id),
    4,
    28
  );
  const hours = (task) => task.estimateMinutes === null ? "?" : formatMinutes(task.estimateMinutes);
  const hourWidth = columnWidth(shown.map(hours), 5, 14);
  const restWidth = look2.width - idWidth - hourWidth - 14;
  const rows = [
    line(`  wave    ${fitText("task", idWidth, "")}  ${fitText("hours", hourWidth, "", "right")}  needs`, "dim")
  ];
  for (const task of shown) {
    const needs = wrapText(task.needs.slice(0, 20).join(", "), restWidth, look2.mark);
    rows.push([
      span(`  ${String(task.wave).padStart(4)}  `, "dim"),
      span(task.isCritical ? "* " : "  ", "busy"),
      span(fitText(task.id, idWidth, look2.mark), "strong"),
      span(`  ${fitText(hours(task), hourWidth, look2.mark, "right")}  `),
      span(needs[0] ?? "")
    ]);
    for (const more of needs.slice(1)) rows.push([span(" ".repeat(14 + idWidth + hourWidth)), span(more)]);
    const details = [
      task.title === task.id ? "" : task.title,
      task.branch ?? "",
      task.attempts > 1 ? `${task.attempts} attempts` : ""
    ];
    const detail = details.filter((text) => text !== "").join(`  ${look2.separator}  `);
    if (detail !== "")
      rows.push(line(`          ${fitText(escapeText(detail, 400), look2.width - 10, look2.mark).trimEnd()}`, "dim"));
  }
  rows.push(...leftOut(plan.tasks.length - shown.length, "task"));
  rows.push(line("  * on the critical path", "dim"));
  return rows;
}
function renderHours(plan, look2) {
  const { hours, criticalPath } = plan;
  const isItemised = hours.itemisedMinutes !== hours.sumMinutes;
  const rows = [
    labelled(
      "sum of tasks",
      `${formatMinutes(hours.sumMinutes)}${isItemised ? `  (${formatMinutes(hours.itemisedMinutes)} item by item)` : ""}`
    )
  ];
  if (hours.stated !== null) rows.push(renderStated(hours.stated, hours.sumMinutes));
  if (hours.unestimated.length > 0) {
    rows.push(labelled("no estimate", `${countOf(hours.unestimated.length, "task")}, counted as 1 h each`, "warn"));
  }
  const path16 = criticalPath.ids;
  const named = path16.length > 8 ? [...path16.slice(0, 6), look2.mark, ...path16.slice(-1)] : path16;
  rows.push(
    ...wrapped("critical path", `${formatMinutes(criticalPath.minutes)}  ${named.join(` ${look2.arrow} `)}`, look2)
  );
  return rows;
}
function renderStated(stated, sum) {
  const difference = sum - stated.minutes;
  const agrees = difference === 0;
  const how = difference > 0 ? `${formatMinutes(difference)} less than its tasks` : `${formatMinutes(-difference)} more than its tasks`;
  return labelled(
    "stated in text",
    `${formatMinutes(stated.minutes)}  (line ${stated.line}; ${agrees ? "agrees" : how})`,
    agrees ? "good" : "warn"
  );
}
function renderSchedule(plan, look2) {
  const { makespanMinutes, lowerBoundMinutes, speedUp } = plan.schedule;
  const isOptimal = makespanMinutes <= lowerBoundMinutes + 0.5;
  const over = lowerBoundMinutes === 0 ? 0 : Math.round((makespanMinutes / lowerBoundMinutes - 1) * 100);
  const against = isOptimal ? "no schedule can be shorter" : `up to ${over} % over the best`;
  const full = Math.max(10, Math.min(40, look2.width - 48));
  const share = plan.hours.sumMinutes === 0 ? 1 : makespanMinutes / plan.hours.sumMinutes;
  return [
    labelled("one agent", `${fitText(formatMinutes(plan.hours.sumMinutes), 13, "")} ${look2.bar.repeat(full)}`),
    labelled(
      "makespan",
      `${fitText(formatMinutes(makespanMinutes), 13, "")} ${look2.bar.repeat(Math.max(1, Math.round(full * share)))}`
    ),
    labelled("lower bound", `${fitText(formatMinutes(lowerBoundMinutes), 13, "")} ${against}`),
    labelled("speed-up", `${speedUp.toFixed(2)} ${look2.times}`)
  ];
}
function renderOwnership(plan, look2) {
  const { overlaps, isComplete, unowned } = plan.ownership;
  const rows = [];
  const owning = plan.tasks.length - unowned.length;
  if (overlaps.length === 0) {
    const words = owning === 0 ? "no task says what it owns" : owning === 1 ? "one task owns paths" : `${owning} tasks own paths; no two that could run at once meet`;
    rows.push(line(`  ${words}`, owning > 1 && isComplete ? "good" : "plain"));
  }
  for (const { a, b, globA, globB, path: path16 } of overlaps.slice(0, MAX_LISTED)) {
    rows.push([
      span("  "),
      span(`${a} and ${b}`, "warn"),
      span(` could run at once, and both own ${escapeText(path16, 120)}`)
    ]);
    rows.push(line(`      ${escapeText(`${globA}  ${look2.separator}  ${globB}`, look2.width - 8)}`, "dim"));
  }
  rows.push(...leftOut(overlaps.length - MAX_LISTED, "overlap"));
  if (!isComplete)
    rows.push(line(`  there may be more: counting stopped at ${countOf(overlaps.length, "overlap")}`, "warn"));
  if (overlaps.length > 0)
    rows.push(line("  give both a common lock, let one need the other, or part their paths", "dim"));
  if (unowned.length > 0) {
    const who = unowned.length === plan.tasks.length ? "each task" : `${countOf(unowned.length, "task")} without 'owns'`;
    rows.push(line(`  ${who} may change anything that is not protected`, "dim"));
  }
  return rows;
}
function renderLocks(plan, look2) {
  if (plan.locks.length === 0) return [line("  none", "dim")];
  const rows = plan.locks.slice(0, MAX_LISTED).flatMap(({ name, tasks }) => {
    const holders = `${tasks.slice(0, 12).join(", ")}${tasks.length > 12 ? ` and ${tasks.length - 12} more` : ""}`;
    const how = tasks.length > 1 ? "one after another: " : "only ";
    return [
      line(`  ${escapeText(name, 80)}`, "strong"),
      ...wrapText(`${how}${holders}`, look2.width - 6, look2.mark).map((text) => line(`      ${text}`, "plain"))
    ];
  });
  return [...rows, ...leftOut(plan.locks.length - MAX_LISTED, "lock")];
}
function renderIsolation(plan, look2) {
  const shown = plan.tasks.slice(0, MAX_LISTED);
  const idWidth = columnWidth(
    shown.map((task) => task.id),
    4,
    28
  );
  const rows = [
    line(
      `  ${fitText("task", idWidth, "")}  ${fitText("matrix", 9, "")}  ${fitText("gets", 18, "")}  because it`,
      "dim"
    )
  ];
  for (const { id, isolation } of shown) {
    const gets = `${isolation.profile}, ${isolation.resources}`;
    const because = wrapText(escapeText(isolation.because, 200), look2.width - idWidth - 35, look2.mark);
    rows.push([
      span(`  ${fitText(id, idWidth, look2.mark)}`, "strong"),
      span(`  ${fitText(isolation.approach, 9, look2.mark)}  `),
      span(`${fitText(gets, 18, look2.mark)}  `),
      span(because[0] ?? "", "dim")
    ]);
    for (const more of because.slice(1)) rows.push(line(`${" ".repeat(idWidth + 35)}${more}`, "dim"));
  }
  const note = "The matrix is advice. Every attempt gets a worktree and a sandbox of its own; 'gets' is the profile and size of it.";
  rows.push(
    ...leftOut(plan.tasks.length - shown.length, "task"),
    ...wrapText(note, look2.width - 2, look2.mark).map((text) => line(`  ${text}`, "dim"))
  );
  return rows;
}
function renderProblems(summary, options, look2) {
  if (summary.problems.length === 0) return [];
  const rows = renderCheckProblems(summary.problems, { source: options.source, width: look2.width, mark: look2.mark });
  return [...section("Problems"), ...rows];
}
function renderVerdict(summary) {
  const { errorCount, warningCount } = summary;
  const warnings = warningCount === 0 ? "" : `, ${countOf(warningCount, "warning")}`;
  if (errorCount > 0)
    return line(`${countOf(errorCount, "error")}${warnings}: the plan cannot be run as it stands`, "bad");
  if (summary.plan === null) return line("no plan", "bad");
  return line(
    `the plan can be read${warnings === "" ? ", no problems" : warnings}`,
    warningCount > 0 ? "warn" : "good"
  );
}
function labelled(label, text, style = "plain") {
  return [span(`  ${fitText(label, LABEL_WIDTH, "")}`, "dim"), span(text, style)];
}
function wrapped(label, text, look2) {
  const [first = "", ...rest2] = wrapText(text, look2.width - LABEL_WIDTH - 2, look2.mark);
  return [labelled(label, first), ...rest2.map((each) => labelled("", each))];
}
function columnWidth(texts, least, most) {
  return Math.min(
    most,
    texts.reduce((width, text) => Math.max(width, textWidth(text)), least)
  );
}
function leftOut(count, noun) {
  return count > 0 ? [line(`  and ${countOf(count, `more ${noun}`)} (--json lists all)`, "dim")] : [];
}

// src/entrypoints/cli/plan-source.ts
import { open } from "node:fs/promises";
import path2 from "node:path";
var MAX_BYTES = 16 * 1024 * 1024;
async function readPlanSource(session2, said) {
  const bytes = said === "-" ? await readStream(session2.input.stdin) : await readFileBytes(session2.input.cwd, said);
  if (bytes.length > MAX_BYTES)
    throw new CliError("usage", `The plan '${said}' has more than ${MAX_BYTES} bytes.`, { next: "split it" });
  return { text: new TextDecoder("utf-8").decode(bytes), fileName: said === "-" ? null : said };
}
async function readFileBytes(cwd, said) {
  try {
    const file = await open(path2.resolve(cwd, said));
    try {
      const info = await file.stat();
      if (info.isDirectory())
        throw new CliError("usage", `'${said}' is a folder, not a plan.`, { next: "name a file" });
      return await readStream(file.createReadStream({ autoClose: false }));
    } finally {
      await file.close();
    }
  } catch (error2) {
    if (error2 instanceof CliError) throw error2;
    const code = error2 instanceof Error && "code" in error2 ? String(error2.code) : "unknown error";
    const because = code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "it may not be read" : code;
    throw new CliError("usage", `The plan '${said}' cannot be read: ${because}.`, {
      next: "name a Markdown or YAML file, or '-' for standard input",
      cause: error2
    });
  }
}
async function readStream(stream) {
  const chunks = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    chunks.push(bytes);
    length += bytes.length;
    if (length > MAX_BYTES) break;
  }
  return Buffer.concat(chunks);
}

// src/entrypoints/cli/show-problems.ts
function showProblems(session2, problems, source) {
  const mark = glyphsFor(session2.err.isUtf8).cut;
  const width = Math.max(60, Math.min(100, session2.err.width()));
  session2.err.print(renderCheckProblems(problems, { source, width, mark }));
}

// src/entrypoints/cli/check-plan.ts
async function checkPlan(session2, said, options) {
  if (options.json === true && options.mermaid === true)
    throw new CliError("usage", "--json and --mermaid are two forms of the same answer.", { next: "give one of them" });
  const source = await readPlanSource(session2, said);
  const reading = readPlan(source.text, source.fileName === null ? {} : { fileName: source.fileName });
  const ignored = reading.plan === null ? [] : findIgnoredSettings(reading.plan);
  const summary = summarizePlan(
    { ...reading, problems: [...reading.problems, ...ignored] },
    { agents: options.agents }
  );
  const name = source.fileName ?? "standard input";
  const look2 = { source: name, width: session2.out.width(), isUtf8: session2.out.isUtf8 };
  if (options.json === true) session2.input.stdout.write(renderCheckJson(summary));
  else if (options.mermaid !== true) session2.out.print(renderCheck(summary, look2));
  else if (summary.plan !== null) session2.input.stdout.write(renderCheckMermaid(summary.plan));
  if (options.mermaid === true) showProblems(session2, summary.problems, name);
  if (summary.plan === null) session2.end("usage");
}

// src/entrypoints/cli/check-command.ts
function addCheckCommand(program2, session2) {
  const command = program2.command("check").summary("read a plan and print what was understood").description(
    "Reads a plan and prints what was understood: tasks, edges, waves, the critical path, hours, the schedule on several agents, overlaps of owned paths, locks, and the isolation that each task would get. Starts nothing."
  ).argument("<plan>", "file with the plan (Markdown or YAML), or '-' for standard input").option("--agents <number>", "agents at work at once, for the schedule", wholeNumber(1, 1e3), 4).option("--json", "print the reading as one JSON document").option("--mermaid", "print the graph of tasks as a Mermaid diagram").action(async (plan, options) => checkPlan(session2, plan, options));
  addExamples(command, [
    ["espalier check PLAN.md", "read a plan and print it with all its problems"],
    ["espalier check PLAN.md --agents 8", "how long would eight agents take?"],
    ["espalier check - --json < plan.yml", "from standard input, for a script"]
  ]);
}

// src/entrypoints/cli/clean-up.ts
import { readdir, rm, stat } from "node:fs/promises";
import path3 from "node:path";

// src/core/clean/plan-cleaning.ts
function planCleaning(facts, options) {
  const cleaning = { remove: [], keep: [] };
  const plan = facts.ledger.plan.id;
  const put = (found2, verdict) => {
    cleaning[verdict.goes ? "remove" : "keep"].push({ ...found2, plan, because: verdict.because });
  };
  for (const { name, place } of facts.runs) put({ kind: "run", name, place }, facts.isHeld ? HELD : LEFT);
  for (const found2 of facts.branches) {
    const { branch, sha } = found2;
    put({ kind: "branch", branch, sha }, facts.isHeld ? HELD : judgeBranch(facts.ledger, found2));
  }
  for (const found2 of facts.worktrees) {
    const verdict = facts.isHeld ? HELD : judgeWorktree(facts.ledger, found2, facts.branches);
    put({ kind: "worktree", path: found2.path }, verdict);
  }
  for (const path16 of facts.checkouts) put({ kind: "worktree", path: path16 }, facts.isHeld ? HELD : TESTED_ONLY);
  for (const path16 of facts.aside) put({ kind: "worktree", path: path16 }, facts.isHeld ? HELD : judgeAside(path16));
  for (const found2 of facts.folders) {
    const verdict = facts.isHeld ? HELD : judgeLog(facts.ledger, found2, options);
    put({ kind: "log", path: found2.path }, verdict);
  }
  return cleaning;
}
var HELD = { goes: false, because: "a run works on this plan" };
var LEFT = { goes: true, because: "it was left running by a process that was killed" };
var TESTED_ONLY = { goes: true, because: "only tests ran there, on what is in a commit" };
function judgeBranch(ledger, found2) {
  const { branch, sha, containedIn } = found2;
  if (branch === ledger.target) return { goes: false, because: "the plan lands on it" };
  const user = usersOf(ledger, branch)[0];
  if (user !== void 0) return { goes: false, because: `${user} is not finished` };
  if (containedIn !== null) return { goes: true, because: `its commits are in '${containedIn}'` };
  if (isTrialBranch(ledger, branch))
    return { goes: true, because: "a merge that was only tried; both of its sides are kept" };
  return { goes: false, because: `its commits are nowhere else (git log ${sha.slice(0, 12)})` };
}
function usersOf(ledger, branch) {
  const plan = ledger.plan.id;
  return ledger.plan.tasks.flatMap(({ id: task, branch: own }) => {
    const attempts = ledger.tasks[task]?.attempts ?? [];
    const isUnderWay2 = attempts.some((each) => each.status === "running" || each.status === "verified");
    if (!isUnderWay2) return [];
    const names = [
      own ?? branchFor({ kind: "task", plan, task }),
      ...attempts.flatMap(({ attempt }) => [
        branchFor({ kind: "attempt", plan, task, attempt }),
        branchFor({ kind: "trial", plan, task, attempt })
      ])
    ];
    return names.includes(branch) ? [task] : [];
  });
}
function isTrialBranch(ledger, branch) {
  return branch.startsWith(`espalier-staging/${ledger.plan.id}/trial.`);
}
function judgeAside(path16) {
  const kept = /\.kept-\d+$/.test(path16);
  const because = kept ? "an interrupted run left it and it could not be taken in" : "it is nothing that Espalier made";
  return { goes: false, because: `${because} (${showCommand(["rm", "-rf", path16])})` };
}
function judgeWorktree(ledger, found2, branches) {
  const record = findAttempt(ledger, found2.key);
  const head = record?.evidence?.headSha ?? null;
  if (record?.status === "running")
    return { goes: false, because: "its attempt was interrupted; the next run goes on" };
  if (record?.evidence?.failure?.detail.includes(found2.path) === true)
    return { goes: false, because: `${record.evidence.failure.detail} (${removalOf(found2.path)})` };
  const isNamed = head !== null && (record?.status === "landed" || branches.some((each) => each.sha === head));
  if (head !== null && isNamed) return { goes: true, because: `its work was taken in as ${head.slice(0, 12)}` };
  if (record?.evidence?.failure?.cause === "no-change") return { goes: true, because: "the agent changed nothing" };
  return {
    goes: false,
    because: `what an agent left there was never taken in (${removalOf(found2.path)})`
  };
}
function removalOf(path16) {
  return showCommand(["git", "worktree", "remove", "--force", path16]);
}
function judgeLog(ledger, found2, { now, olderThanMs }) {
  const record = findAttempt(ledger, found2.key);
  if (record?.status === "running" || record?.status === "verified")
    return { goes: false, because: "its attempt is not finished" };
  if (now - found2.changedAt < olderThanMs) return { goes: false, because: "it is younger than --older-than" };
  return { goes: true, because: "it is past its age; the evidence is in the ledger" };
}
function findAttempt(ledger, key) {
  return ledger.tasks[key.task]?.attempts.find(
    (each) => each.attempt === key.attempt && each.generation === key.generation
  );
}

// src/core/report/clean-report.ts
function renderCleaning(outcomes, keep, options) {
  const rows = [];
  const verb = options.isDryRun ? "would remove" : "removed";
  for (const { item, failure } of outcomes)
    rows.push([
      span(failure === null ? verb : "could not remove", failure === null ? "good" : "bad"),
      span(` ${item.kind} `, "dim"),
      span(nameOf(item), "strong"),
      span(`: ${failure ?? item.because}`)
    ]);
  for (const item of keep)
    rows.push([
      span("keeps", "dim"),
      span(` ${item.kind} `, "dim"),
      span(nameOf(item)),
      span(`: ${item.because}`, "dim")
    ]);
  const failed = outcomes.filter((each) => each.failure !== null).length;
  const done = outcomes.length - failed;
  if (rows.length === 0) return [line("Nothing to clean.")];
  const summary = `${countOf(done, "item")} ${options.isDryRun ? "would go" : "removed"}, ${keep.length} kept`;
  rows.push([], line(failed > 0 ? `${summary}, ${failed} could not be removed` : summary));
  if (options.isDryRun && done > 0) rows.push(line("Remove them: the same command without --dry-run.", "dim"));
  return rows;
}
function nameOf(item) {
  if (item.kind === "run") return item.place === "processes" ? item.name : `${item.name} (${item.place})`;
  return item.kind === "branch" ? item.branch : item.path;
}

// src/entrypoints/cli/clean-up.ts
async function cleanUp(session2, said, options) {
  var _stack = [];
  try {
    const repository = __using(_stack, await openRepository(session2), true);
    const plans = said === null ? await readAllPlans(session2, repository) : [await selectPlan(session2, repository, said)];
    const runs2 = await openLeftRuns({ env: session2.input.env, stateDir: path3.join(repository.stateDir, "sandbox") });
    const machine = { repository, runs: runs2 };
    const outcomes = [];
    const keep = [];
    for (const plan of plans) {
      const cleaning = await decideCleaning(machine, plan, options);
      keep.push(...cleaning.keep);
      for (const item of cleaning.remove)
        outcomes.push({ item, failure: options.dryRun === true ? null : await removeItem(machine, item) });
    }
    if (options.json === true) {
      const items = outcomes.map(({ item, failure }) => ({ ...item, name: nameOf(item), failure }));
      session2.printJson({ dryRun: options.dryRun === true, removed: items, kept: keep });
    } else session2.out.print(renderCleaning(outcomes, keep, { isDryRun: options.dryRun === true }));
    if (outcomes.some((each) => each.failure !== null)) session2.end("findings");
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function decideCleaning({ repository, runs: runs2 }, plan, options) {
  const id = plan.ledger.plan.id;
  const keys = await repository.evidence.listAttempts(id);
  return planCleaning(
    {
      ledger: plan.ledger,
      isHeld: plan.holders.length > 0,
      branches: await findBranches(repository, plan),
      ...await findTrees(repository, id),
      runs: await runs2.list(planRunPrefix(repository.git.objectsDir, id)),
      folders: await findFolders(keys, (key) => path3.dirname(repository.evidence.logPath(key)))
    },
    { now: Date.now(), olderThanMs: options.olderThan }
  );
}
async function findBranches(repository, plan) {
  const { git } = repository;
  const { ledger } = plan;
  const own = ledger.plan.tasks.flatMap((task) => task.branch ?? []);
  const prefixes = ["espalier", "espalier-staging", "archive/espalier"].map((space) => `${space}/${ledger.plan.id}/`);
  const found2 = (await Promise.all(prefixes.map((prefix) => git.listBranches(prefix)))).flat();
  for (const branch of own) {
    const sha = await git.readBranch(branch);
    if (sha !== null) found2.push({ branch, sha });
  }
  const homes = [];
  for (const branch of /* @__PURE__ */ new Set([ledger.target, ledger.baseBranch])) {
    const sha = await git.readBranch(branch);
    if (sha !== null) homes.push({ branch, sha });
  }
  const branches = [];
  for (const { branch, sha } of found2) {
    if (branch === ledger.target || branch === ledger.baseBranch) continue;
    branches.push({ branch, sha, containedIn: await findHome(git, sha, homes) });
  }
  return branches;
}
async function findHome(git, sha, homes) {
  for (const home of homes) if (await git.isAncestor(sha, home.sha)) return home.branch;
  return null;
}
async function findFolders(keys, pathOf2) {
  const found2 = [];
  for (const key of keys) {
    const folder = pathOf2(key);
    const info = await stat(folder).catch(() => null);
    if (info !== null) found2.push({ key, path: folder, changedAt: info.mtimeMs });
  }
  return found2;
}
var TREE_NAME = /^(.+)\.([1-9]\d*)\.([1-9]\d*)(-verify|-base-tests|-trial|-final)?$/;
async function findTrees(repository, plan) {
  const folder = path3.join(repository.stateDir, "trees", plan);
  const names = await readdir(folder).catch(() => []);
  const keys = [];
  const found2 = { checkouts: [], aside: [] };
  for (const name of names.toSorted()) {
    const [, task, attempt, generation, use] = TREE_NAME.exec(name) ?? [];
    if (task === void 0) found2.aside.push(path3.join(folder, name));
    else if (use !== void 0) found2.checkouts.push(path3.join(folder, name));
    else keys.push({ plan, task, attempt: Number(attempt), generation: Number(generation) });
  }
  const at = (key) => path3.join(folder, `${key.task}.${key.attempt}.${key.generation}`);
  return { ...found2, worktrees: await findFolders(keys, at) };
}
async function removeItem({ repository, runs: runs2 }, item) {
  try {
    const plan = await readKnownPlan(repository, item.plan);
    if (plan !== null && plan.holders.length > 0) return "a run has begun to work on this plan";
    if (item.kind === "run") await runs2.end({ name: item.name, place: item.place });
    else if (item.kind === "worktree") await repository.git.removeWorktree(item.path);
    else if (item.kind === "log") await rm(item.path, { recursive: true, force: true });
    else return await removeBranch(repository, item.branch, item.sha);
    return null;
  } catch (error2) {
    return error2 instanceof Error ? error2.message : String(error2);
  }
}
async function removeBranch(repository, branch, sha) {
  const [checkout] = await repository.git.checkoutsOf(branch);
  if (checkout !== void 0) return `it is checked out in '${checkout.path}'`;
  const { moved, because } = await repository.git.moveBranches([{ branch, from: sha, to: null }], "clean");
  return moved ? null : because;
}

// src/entrypoints/cli/clean-command.ts
var TWO_WEEKS_MS = 14 * 864e5;
function addCleanCommand(program2, session2) {
  const command = program2.command("clean").summary("remove worktrees, branches and logs that are no longer needed").description(
    "Ends what killed runs left running, and removes worktrees of attempts whose work was taken in, branches whose commits are in the landed branch, and logs past their age. Keeps everything that is nowhere else, and says why. Leaves plans alone that a run works on."
  ).argument("[plan]", "id or file of one plan; all plans when left out").option("--dry-run", "print what would be removed, and remove nothing").option("--older-than <time>", "age at which logs and archives go, such as 7d or 0", age, TWO_WEEKS_MS).option("--json", "print the list as one JSON document").action(async (plan, options) => cleanUp(session2, plan ?? null, options));
  const olderThan = command.options.find((option) => option.long === "--older-than");
  if (olderThan) olderThan.defaultValueDescription = "14d";
  addExamples(command, [
    ["espalier clean --dry-run", "what would go?"],
    ["espalier clean", "remove it"],
    ["espalier clean my-plan --older-than 0", "one plan, with logs of today"]
  ]);
}

// src/entrypoints/cli/run-options.ts
var SANDBOX_CHOICES = ["auto", ...SANDBOX_ENGINES];
function addRunOptions(command) {
  return command.optionsGroup("Work:").option("--agent <agent>", "who edits: a preset (claude, codex) or 'command: PROGRAM ARGS…'").option("--reviewer <agent>", "who reviews: a preset or 'command: PROGRAM ARGS…'").option("--no-review", "land without a review; said by name, never by silence").option("--test <command>", "required test command, such as 'npm test' (repeatable)", collect).option("--setup <command>", "command that is run before the agent (repeatable)", collect).option(
    "--only <tasks>",
    "start only these tasks (comma-separated); what is under way already goes on",
    collectWords
  ).optionsGroup("Limits:").option("--max-parallel <number>", "attempts at once (default: one per core, at most 4)", wholeNumber(1, 256)).option("--retries <number>", "further attempts after the first one failed", wholeNumber(0, 20)).option("--timeout <time>", "limit of one run of agent, tests or reviewer, such as 30m", duration).option("--budget <usd>", "most that the whole plan may cost", dollars).optionsGroup("Sandbox:").option(
    "--sandbox <engine>",
    `engine of the sandboxes that agents, tests and reviewers run in: ${SANDBOX_CHOICES.join(", ")} (default: auto, the strongest that works here)`,
    oneOf(SANDBOX_CHOICES)
  ).option(
    "--profile <profile>",
    `how much a sandbox may do: ${PROFILES.join(", ")} (default: strict)`,
    oneOf(PROFILES)
  ).option(
    "--waive <properties>",
    "go on although these properties are not enforced here (comma-separated; see espalier doctor)",
    listOf(PROPERTIES)
  ).option("--tools <dir>", "folder with programs that sandboxes may read, besides the system's (repeatable)", collect).option("--image <image>", "container image for docker and podman, pinned by digest").optionsGroup("Landing:").option("--base <branch>", "branch to start from (default: what the plan says, else what is checked out)").option("--land-on-base", "move the base branch itself instead of espalier/<plan>/landed").option("--revise", "accept the plan although it was changed since it first ran").optionsGroup("Output:").option("--dry-run", "print what would be started, and change nothing").option("--plain", "one line per event instead of live rows").option("--json", "events as JSON lines and the report as the last line, on standard output");
}

// src/entrypoints/cli/show-demo.ts
import { mkdir as mkdir3, mkdtemp, realpath as realpath2 } from "node:fs/promises";
import os4 from "node:os";
import path9 from "node:path";
import process8 from "node:process";

// src/entrypoints/cli/demo/demo-plan.ts
var DEMO_TASK_IDS = [
  "security-agent",
  "backend-agent",
  "frontend-agent",
  "rag-agent",
  "devops-agent",
  "testing-agent",
  "docs-agent",
  "github-agent"
];
var DEMO_PLAN_ID = "eight-agents";
function renderDemoPlan(options) {
  const words = (...parts) => JSON.stringify(parts);
  return `# Eight tasks, done by scripted agents. Read it with: espalier check plan.yml
plan: ${DEMO_PLAN_ID}
title: Eight agents on a library for notes
base: main
defaults:
  agent: { command: ${words(options.node, options.agent)} }
  test:
    - ${words(options.node, "--test", ...options.hasTestIsolation ? ["--test-isolation=none"] : [])}
  test_paths: ['tests/**']
  review:
    reviewer: { command: ${words(options.node, options.reviewer)} }
    threshold: 10
    iterations: 5
  timeout: 2m
  retries: 2
tasks:
  security-agent:
    title: Sign who may read
    spec: |
      Add src/tokens.mjs: tokens that are signed with a key, and cannot be forged. Cover it with tests.
    owns: [src/tokens.mjs, tests/tokens.test.mjs]
    estimate: 18h
  backend-agent:
    title: A service layer for notes
    spec: |
      Add src/notes.mjs on top of the store, export it from src/index.mjs, and cover it with tests.
    owns: [src/notes.mjs, src/index.mjs, tests/notes.test.mjs]
    locks: [exports]
    estimate: 37h
  frontend-agent:
    title: A page of notes
    spec: |
      Add src/page.mjs, which renders notes as HTML and escapes them, and export it from src/index.mjs.
    owns: [src/page.mjs, src/index.mjs, tests/page.test.mjs]
    locks: [exports]
    estimate: 19h
  rag-agent:
    title: Search over notes
    spec: |
      Add src/search.mjs, which finds notes by words, with tests. Say so under Unreleased in CHANGELOG.md.
    owns: [src/search.mjs, tests/search.test.mjs, CHANGELOG.md]
    estimate: 34h
  devops-agent:
    title: Back-ups
    spec: |
      Add scripts/backup.mjs, which writes and reads back-ups, with tests. Say so under Unreleased in CHANGELOG.md.
    owns: ['scripts/**', tests/backup.test.mjs, CHANGELOG.md]
    estimate: 40h
  testing-agent:
    title: A test from note to page
    spec: |
      Add tests/flow.test.mjs, which writes notes through the service layer and finds them on the page.
    needs: [backend-agent, frontend-agent]
    owns: [tests/flow.test.mjs]
    estimate: 46h
  docs-agent:
    title: The guide
    spec: |
      Write docs/guide.md about notes, search and tokens. Change nothing else.
    needs: [security-agent, backend-agent, rag-agent]
    owns: ['docs/**']
    review: { iterations: 1 }
    retries: 0
    estimate: 14h
  github-agent:
    title: Import issues as notes
    spec: |
      Add src/issues.mjs, which writes a note for each open issue, with tests.
    needs: [backend-agent]
    owns: [src/issues.mjs, tests/issues.test.mjs]
    estimate: 22h
`;
}

// src/entrypoints/cli/demo/demo-outcome.ts
function checkDemoOutcome(ledger) {
  return [
    checkLandings(ledger),
    checkOrder(ledger),
    checkLock(ledger),
    checkReviews(ledger),
    checkConflict(ledger),
    checkRefusal(ledger),
    checkTrees(ledger)
  ];
}
function attemptsOf(ledger, task) {
  return Object.entries(ledger.tasks).find(([id]) => id === task)?.[1].attempts ?? [];
}
function landedAt(ledger, task) {
  return ledger.certificates.find((certificate) => certificate.task === task)?.landedAt ?? null;
}
function checkLandings(ledger) {
  const landed = DEMO_TASK_IDS.filter((task) => landedAt(ledger, task) !== null);
  const isKept = landed.length === 7 && !landed.includes("docs-agent");
  return { isKept, text: `${landed.length} of 8 tasks landed` };
}
function checkOrder(ledger) {
  const dependent = ledger.plan.tasks.filter((task) => task.needs.length > 0);
  const isKept = dependent.every(
    (task) => task.needs.every((need) => {
      const at = landedAt(ledger, need);
      const [first] = attemptsOf(ledger, task.id);
      return at !== null && first !== void 0 && first.startedAt >= at;
    })
  );
  return { isKept, text: `${dependent.map((task) => task.id).join(", ")} began when what they need had landed` };
}
function checkLock(ledger) {
  const spans = ["backend-agent", "frontend-agent"].map((task) => ({
    from: attemptsOf(ledger, task)[0]?.startedAt ?? null,
    to: landedAt(ledger, task)
  }));
  const [first, second] = spans.sort((a, b) => (a.from ?? 0) - (b.from ?? 0));
  const isKept = first?.to != null && second?.from != null && second.from >= first.to;
  return { isKept, text: "backend-agent and frontend-agent share the lock 'exports' and took turns" };
}
function checkReviews(ledger) {
  const attempts = attemptsOf(ledger, "security-agent");
  const scores = (attempts[0]?.evidence?.reviews ?? []).filter((review) => review.stage === "work").flatMap((review) => review.score ?? []);
  const isKept = attempts.length === 1 && scores.length === 3 && scores.at(-1) === 10 && scores.every((score, index) => index === 2 || score < 10);
  return { isKept, text: `security-agent was sent back twice by its review (${scores.map(formatScore).join(", ")})` };
}
function checkConflict(ledger) {
  const rivals = ["rag-agent", "devops-agent"];
  const returned = rivals.filter((task) => attemptsOf(ledger, task).some((attempt) => attempt.status === "returned"));
  const [loser] = returned;
  const attempts = loser === void 0 ? [] : attemptsOf(ledger, loser);
  const isConflict = attempts[0]?.trial?.result?.conflicts.some((conflict) => conflict.path === "CHANGELOG.md") === true;
  const isKept = returned.length === 1 && isConflict && attempts.length === 2 && attempts[1]?.status === "landed";
  return { isKept, text: `${loser ?? "nobody"} met a conflict in CHANGELOG.md, got it back, solved it and landed` };
}
function checkRefusal(ledger) {
  const attempts = attemptsOf(ledger, "docs-agent");
  const violations = attempts[0]?.evidence?.violations ?? [];
  const isKept = attempts.length === 1 && attempts[0]?.status === "failed" && violations.some((each) => each.rule === "ownership" && each.path === "src/store.mjs");
  return { isKept, text: "docs-agent changed src/store.mjs, which it does not own, and was refused" };
}
function checkTrees(ledger) {
  const isKept = ledger.certificates.length > 0 && ledger.certificates.every(
    (certificate) => certificate.landedTree === certificate.testedTree && certificate.tests.some((test) => test.tree === certificate.landedTree && test.status === "passed")
  );
  return { isKept, text: "every tree that landed is one on which the tests passed" };
}

// src/entrypoints/cli/demo/make-demo.ts
import { mkdir, writeFile } from "node:fs/promises";
import path4 from "node:path";

// src/entrypoints/cli/demo/demo-programs.ts
var DEMO_AGENT = String.raw`// A scripted agent: reads the prompt on standard input and edits the current directory.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const script = JSON.parse(readFileSync(join(import.meta.dirname, 'script.json'), 'utf8'));
const prompt = readFileSync(0, 'utf8');
const task = /^# Task ([a-z0-9-]+)/.exec(prompt)?.[1];
const rounds = script.rounds[task];
if (!rounds) {
  console.error('the prompt names no task of the script');
  process.exit(2);
}

// Conflicts first: both sides are kept, the base's before the task's own.
const conflicts = /## Conflicts to solve first\n([\s\S]*?)(?:\n## |$)/.exec(prompt)?.[1] ?? '';
for (const [, path] of conflicts.matchAll(/^- ${"`"}(.+)${"`"}$/gm)) {
  console.log('solving the conflict in ' + path);
  await pause(script.pauseMs);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/^<{7}.*\n|^\|{7}[\s\S]*?(?=^={7}$)|^={7}\n|^>{7}.*\n/gm, ''));
}

const round = Number(/\(round (\d+) of \d+\)/.exec(prompt)?.[1] ?? 1);
const { says, writes = {}, inserts = [] } = rounds[Math.min(round, rounds.length) - 1];
for (const line of says) {
  console.log(line);
  await pause(script.pauseMs);
}
for (const [path, text] of Object.entries(writes)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
for (const { path, after, text } of inserts) {
  const old = readFileSync(path, 'utf8');
  if (!old.includes(text.trim())) writeFileSync(path, old.replace(after + '\n', after + '\n' + text + '\n'));
}
console.log('done');
// No model was called. This is how a command says what it used.
if (process.env.ESPALIER_USAGE_FILE) writeFileSync(process.env.ESPALIER_USAGE_FILE, JSON.stringify({ costUsd: 0, turns: 1 }));
`;
var DEMO_REVIEWER = String.raw`// A scripted reviewer: reads the change and prints one JSON object with a score and findings.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const script = JSON.parse(readFileSync(new URL('script.json', import.meta.url), 'utf8'));
const prompt = readFileSync(0, 'utf8');
const inputs = /^- (\/.*)\/change\.diff /m.exec(prompt)?.[1];
if (!inputs) {
  console.error('the prompt does not say where the change is');
  process.exit(2);
}
await pause(script.pauseMs);
const findings = [];
let score = 10;
function find(points, severity, path, line, message) {
  score -= points;
  findings.push({ severity, path, line, message });
}

const files = readFileSync(inputs + '/change.diff', 'utf8').split(/^diff --git /m).slice(1);
const paths = files.map((file) => /^\+\+\+ b\/(.*)$/m.exec(file)?.[1] ?? null);
const tests = files.filter((_, index) => /\.test\.mjs$/.test(paths[index] ?? ''));
for (const [index, file] of files.entries()) {
  const path = paths[index];
  if (path === null) continue;
  let line = 0;
  for (const text of file.split('\n')) {
    const start = /^@@ -\S+ \+(\d+)/.exec(text)?.[1];
    if (start) line = Number(start) - 1;
    else if (!text.startsWith('-')) line += 1;
    if (!text.startsWith('+') || text.startsWith('+++')) continue;
    if (/^\+(<{7}|={7}|>{7})/.test(text)) find(10, 'blocking', path, line, 'a conflict marker was left');
    if (/signature\s*===|===\s*sign\(/.test(text))
      find(4, 'blocking', path, line, 'compare signatures in constant time (timingSafeEqual)');
    if (/console\.log/.test(text)) find(1, 'warning', path, line, 'output was left in a library');
  }
  const name = /^(?:src|scripts)\/([a-z]+)\.mjs$/.exec(path)?.[1];
  const isNew = /^new file mode/m.test(file);
  if (name && isNew && !tests.some((test) => test.includes('/' + name + '.mjs')))
    find(2, 'warning', path, null, 'no test covers this new module');
}
if (process.env.ESPALIER_USAGE_FILE) writeFileSync(process.env.ESPALIER_USAGE_FILE, JSON.stringify({ costUsd: 0, turns: 1 }));
console.log(JSON.stringify({ score: Math.max(0, score), findings }));
`;

// src/entrypoints/cli/demo/demo-repository.ts
var DEMO_FILES = {
  "package.json": `${JSON.stringify(
    {
      name: "margin-notes",
      version: "0.1.0",
      private: true,
      type: "module",
      exports: "./src/index.mjs",
      scripts: { test: "node --test" }
    },
    null,
    2
  )}
`,
  "README.md": `# margin-notes

Notes in the margin: a small library that keeps short texts.

\`\`\`js
import { createStore } from 'margin-notes';
\`\`\`
`,
  "CHANGELOG.md": `# Changes

## Unreleased

## 0.1.0

- The store.
`,
  "docs/guide.md": `# Guide

To be written.
`,
  "src/index.mjs": `export { createStore } from './store.mjs';
`,
  "src/store.mjs": `/** Keeps values by id, in memory. Ids are handed out in order, beginning at 1. */
export function createStore() {
  const values = new Map();
  let nextId = 1;
  return {
    /** Adds a value and returns its id. */
    add(value) {
      const id = nextId;
      nextId += 1;
      values.set(id, structuredClone(value));
      return id;
    },
    /** The value with this id, or \`undefined\`. */
    get(id) {
      return structuredClone(values.get(id));
    },
    /** All ids and values in the order in which they were added. */
    list() {
      return [...values].map(([id, value]) => ({ id, value: structuredClone(value) }));
    },
  };
}
`,
  "tests/store.test.mjs": `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createStore } from '../src/index.mjs';

test('a store hands back what was added', () => {
  const store = createStore();
  const id = store.add({ text: 'hello' });
  assert.deepEqual(store.get(id), { text: 'hello' });
  assert.equal(store.get(99), undefined);
});

test('a store keeps the order and no reference to the outside', () => {
  const store = createStore();
  const value = { text: 'a' };
  store.add(value);
  value.text = 'changed';
  store.add({ text: 'b' });
  assert.deepEqual(
    store.list().map((entry) => entry.value.text),
    ['a', 'b'],
  );
});
`
};

// src/entrypoints/cli/demo/demo-script.ts
var TOKENS_HEAD = `import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
`;
var TOKENS_SAFE = `${TOKENS_HEAD}
/** Makes a key for tokens. Keep it out of the repository. */
export function makeKey() {
  return randomBytes(32);
}

/** Signs a subject: \`subject.signature\`. */
export function makeToken(key, subject) {
  return \`\${subject}.\${sign(key, subject)}\`;
}

/** The subject of a token that this key signed, or \`null\`. Compares in constant time. */
export function readToken(key, token) {
  const at = token.lastIndexOf('.');
  const subject = token.slice(0, Math.max(0, at));
  const wanted = Buffer.from(sign(key, subject));
  const found = Buffer.from(token.slice(at + 1));
  return found.length === wanted.length && timingSafeEqual(found, wanted) ? subject : null;
}

function sign(key, subject) {
  return createHmac('sha256', key).update(subject).digest('hex');
}
`;
var TOKENS_NAIVE = TOKENS_SAFE.replace(", timingSafeEqual", "").replace(
  `  const wanted = Buffer.from(sign(key, subject));
  const found = Buffer.from(token.slice(at + 1));
  return found.length === wanted.length && timingSafeEqual(found, wanted) ? subject : null;
`,
  `  const signature = token.slice(at + 1);
  return signature === sign(key, subject) ? subject : null;
`
).replace(" Compares in constant time.", "");
var TOKENS_TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeKey, makeToken, readToken } from '../src/tokens.mjs';

test('a token names its subject to who has the key', () => {
  const key = makeKey();
  assert.equal(readToken(key, makeToken(key, 'ada')), 'ada');
});

test('a forged, foreign or broken token names nobody', () => {
  const key = makeKey();
  const token = makeToken(key, 'ada');
  assert.equal(readToken(key, token.replace('ada', 'eve')), null);
  assert.equal(readToken(makeKey(), token), null);
  assert.equal(readToken(key, 'no-dot'), null);
});
`;
var DEMO_SCRIPT = {
  "security-agent": [
    { says: ["reading src/", "writing src/tokens.mjs"], writes: { "src/tokens.mjs": TOKENS_NAIVE } },
    { says: ["comparing in constant time"], writes: { "src/tokens.mjs": TOKENS_SAFE } },
    { says: ["writing tests for forged tokens"], writes: { "tests/tokens.test.mjs": TOKENS_TEST } }
  ],
  "backend-agent": [
    {
      says: ["reading src/store.mjs", "writing the service layer", "writing its tests"],
      writes: {
        "src/notes.mjs": `import { createStore } from './store.mjs';

/** Notes with a text of 1 to 500 characters, on top of a store. */
export function createNotes(store = createStore()) {
  return {
    /** Adds a note and returns its id. Throws a RangeError if the text is empty or too long. */
    write(text) {
      const trimmed = text.trim();
      if (trimmed.length === 0 || trimmed.length > 500) throw new RangeError('a note has 1 to 500 characters');
      return store.add({ text: trimmed });
    },
    /** All notes, oldest first. */
    all() {
      return store.list().map(({ id, value }) => ({ id, text: value.text }));
    },
  };
}
`,
        "tests/notes.test.mjs": `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createNotes } from '../src/notes.mjs';

test('notes are trimmed and kept in order', () => {
  const notes = createNotes();
  notes.write('  one ');
  notes.write('two');
  assert.deepEqual(
    notes.all().map((note) => note.text),
    ['one', 'two'],
  );
});

test('an empty or endless note is refused', () => {
  const notes = createNotes();
  assert.throws(() => notes.write('   '), RangeError);
  assert.throws(() => notes.write('x'.repeat(501)), RangeError);
});
`
      },
      inserts: [
        {
          path: "src/index.mjs",
          after: "export { createStore } from './store.mjs';",
          text: "export { createNotes } from './notes.mjs';"
        }
      ]
    }
  ],
  "frontend-agent": [
    {
      says: ["reading src/index.mjs", "writing src/page.mjs", "escaping what goes into HTML"],
      writes: {
        "src/page.mjs": `const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A page with a list of notes. Their text is escaped. */
export function renderPage(notes) {
  const items = notes.map((note) => \`<li id="note-\${Number(note.id)}">\${escapeHtml(note.text)}</li>\`);
  return \`<!doctype html><ul>\${items.join('')}</ul>\`;
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
`,
        "tests/page.test.mjs": `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { renderPage } from '../src/page.mjs';

test('a page escapes what notes say', () => {
  const page = renderPage([{ id: 1, text: '<script>' }]);
  assert.equal(page, '<!doctype html><ul><li id="note-1">&lt;script&gt;</li></ul>');
});
`
      },
      inserts: [
        {
          path: "src/index.mjs",
          after: "export { createStore } from './store.mjs';",
          text: "export { renderPage } from './page.mjs';"
        }
      ]
    }
  ],
  "rag-agent": [
    {
      says: ["reading src/store.mjs", "writing the search"],
      writes: {
        "src/search.mjs": `/** Notes that hold a word of the query, the best match first, at most \`limit\` of them. */
export function searchNotes(notes, query, limit = 10) {
  const words = new Set(splitWords(query));
  return notes
    .map((note) => ({ note, hits: splitWords(note.text).filter((word) => words.has(word)).length }))
    .filter((match) => match.hits > 0)
    .sort((a, b) => b.hits - a.hits || a.note.id - b.note.id)
    .slice(0, limit)
    .map((match) => match.note);
}

function splitWords(text) {
  return text.toLowerCase().match(/[\\p{L}\\p{N}]+/gu) ?? [];
}
`,
        "tests/search.test.mjs": `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { searchNotes } from '../src/search.mjs';

test('the note with most hits comes first', () => {
  const notes = [
    { id: 1, text: 'plant a tree' },
    { id: 2, text: 'tree by tree' },
    { id: 3, text: 'water' },
  ];
  assert.deepEqual(
    searchNotes(notes, 'Tree!').map((note) => note.id),
    [2, 1],
  );
});
`
      },
      inserts: [{ path: "CHANGELOG.md", after: "## Unreleased", text: "\n- Search over all notes." }]
    }
  ],
  "devops-agent": [
    {
      says: ["reading package.json", "writing the back-up script", "trying it out"],
      writes: {
        "scripts/backup.mjs": `/** Text of a back-up of notes: one JSON document per line, so that a cut file loses its last note only. */
export function toBackup(notes) {
  return notes.map((note) => \`\${JSON.stringify(note)}\\n\`).join('');
}

/** The notes of a back-up. A line that was cut is left out. */
export function fromBackup(text) {
  return text.split('\\n').flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}
`,
        "tests/backup.test.mjs": `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fromBackup, toBackup } from '../scripts/backup.mjs';

test('a back-up is read back, and one that was cut loses its last note only', () => {
  const notes = [
    { id: 1, text: 'a' },
    { id: 2, text: 'b' },
  ];
  assert.deepEqual(fromBackup(toBackup(notes)), notes);
  assert.deepEqual(fromBackup(toBackup(notes).slice(0, -5)), [notes[0]]);
});
`
      },
      inserts: [{ path: "CHANGELOG.md", after: "## Unreleased", text: "\n- Back-ups, one note per line." }]
    }
  ],
  "testing-agent": [
    {
      says: ["reading what landed", "writing a test from note to page"],
      writes: {
        "tests/flow.test.mjs": `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createNotes, renderPage } from '../src/index.mjs';

test('what is written is on the page', () => {
  const notes = createNotes();
  notes.write('water the roses');
  notes.write('cut the hedge');
  const page = renderPage(notes.all());
  assert.match(page, /water the roses.*cut the hedge/);
});
`
      }
    }
  ],
  "docs-agent": [
    {
      says: ["reading what landed", "writing docs/guide.md", "while at it: changing src/store.mjs too"],
      writes: {
        "docs/guide.md": `# Guide

\`createNotes()\` keeps notes, \`searchNotes()\` finds them, \`makeToken()\` signs who may read them.
`
      },
      inserts: [
        {
          path: "src/store.mjs",
          after: "export function createStore() {",
          text: "  // Documented in docs/guide.md."
        }
      ]
    }
  ],
  "github-agent": [
    {
      says: ["reading src/notes.mjs", "writing the import of issues", "writing its tests"],
      writes: {
        "src/issues.mjs": `/** Writes a note for each open issue, by its title, and returns how many were written. */
export function importIssues(notes, issues) {
  const open = issues.filter((issue) => issue.state === 'open' && issue.title.trim() !== '');
  for (const issue of open) notes.write(\`#\${issue.number} \${issue.title}\`.slice(0, 500));
  return open.length;
}
`,
        "tests/issues.test.mjs": `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createNotes } from '../src/notes.mjs';
import { importIssues } from '../src/issues.mjs';

test('open issues become notes, closed and nameless ones do not', () => {
  const notes = createNotes();
  const issues = [
    { number: 1, state: 'open', title: 'Dark mode' },
    { number: 2, state: 'closed', title: 'Old' },
    { number: 3, state: 'open', title: ' ' },
  ];
  assert.equal(importIssues(notes, issues), 1);
  assert.deepEqual(
    notes.all().map((note) => note.text),
    ['#1 Dark mode'],
  );
});
`
      }
    }
  ]
};

// src/entrypoints/cli/demo/make-demo.ts
async function makeDemo(folder, options) {
  const places = {
    repository: path4.join(folder, "margin-notes"),
    programs: path4.join(folder, "programs"),
    plan: path4.join(folder, "plan.yml")
  };
  const [agent, reviewer] = ["agent.mjs", "reviewer.mjs"].map((name) => path4.join(places.programs, name));
  await writeFiles(places.programs, {
    "agent.mjs": DEMO_AGENT,
    "reviewer.mjs": DEMO_REVIEWER,
    "script.json": `${JSON.stringify({ pauseMs: options.pauseMs, rounds: DEMO_SCRIPT }, null, 2)}
`
  });
  const hasTestIsolation = options.nodeMajor >= 24;
  const plan = renderDemoPlan({ node: options.node, hasTestIsolation, agent: agent ?? "", reviewer: reviewer ?? "" });
  await writeFile(places.plan, plan);
  await writeFiles(places.repository, DEMO_FILES);
  await commitAll(places.repository, options.env);
  return places;
}
async function writeFiles(root, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path4.join(root, name);
    await mkdir(path4.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
async function commitAll(repository, env) {
  const git = async (...args) => {
    await runGitOrFail(`making the demo's repository (git ${args[0] ?? ""})`, {
      args,
      env: composeGitEnv({
        caller: env,
        scope: "none",
        settings: [
          ["user.name", "Espalier demo"],
          ["user.email", "demo@localhost"]
        ]
      }),
      cwd: repository
    });
  };
  await git("init", "--quiet", "--template=", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=A small library for notes");
}

// src/entrypoints/cli/execute-run.ts
import os3 from "node:os";
import path8 from "node:path";
import process7 from "node:process";

// src/adapters/local/local-forge.ts
import { createHash } from "node:crypto";
import { mkdir as mkdir2, readdir as readdir2, readFile as readFile3, rm as rm2 } from "node:fs/promises";
import path5 from "node:path";
var OWN_NAME_SPACES = /^(?:espalier|espalier-staging|archive\/espalier)\//;
var OWN_MOVE_TRIES = 5;
var PendingRefresh = external_exports.object({ checkout: external_exports.string(), branch: external_exports.string(), from: commitField, to: commitField });
function openLocalForge(git, options) {
  const notes = path5.join(options.stateDir, "refreshes");
  return {
    kind: "local",
    landingStrength: "exact",
    readTip: (branch) => git.readBranch(branch),
    publishHead: async (branch, head, from) => {
      await finishRefreshes(git, notes);
      const isOwn = OWN_NAME_SPACES.test(branch);
      for (let tries = 1; ; tries += 1) {
        const tip = await git.readBranch(branch);
        if (tip === head) return { kind: "published" };
        if (!isOwn && tip !== from) return { kind: "refused", because: explainForeign(branch, tip, from) };
        const outcome = await moveWithCheckouts(git, notes, { branch, from: tip, to: head }, "publish");
        if (outcome.kind === "landed") return { kind: "published" };
        if (outcome.kind === "refused") return outcome;
        if (!isOwn || tries >= OWN_MOVE_TRIES)
          return { kind: "refused", because: `branch '${branch}' keeps moving; something else writes it` };
      }
    },
    land: async ({ target, from, to, reason }) => {
      await finishRefreshes(git, notes);
      const tip = await git.readBranch(target);
      if (tip === to) return { kind: "landed" };
      if (tip !== from) return { kind: "elsewhere", tip };
      if (!await git.isAncestor(from, to))
        return { kind: "refused", because: `${to} does not build on ${from}, the tip of '${target}'` };
      return moveWithCheckouts(git, notes, { branch: target, from, to }, reason);
    }
  };
}
function explainForeign(branch, tip, from) {
  if (from === null)
    return `branch '${branch}' exists already, at ${tip ?? "an unknown commit"}, and Espalier did not make it. Rename it (git branch -m '${branch}' NAME), or give the task another branch.`;
  return `branch '${branch}' is ${tip === null ? "gone" : `at ${tip}`}, but Espalier left it at ${from}: somebody else works on it. Move it back there, or give the task another branch.`;
}
async function moveWithCheckouts(git, notes, move2, reason) {
  const { branch, from, to } = move2;
  const checkouts = await git.checkoutsOf(branch);
  for (const checkout of checkouts) {
    const obstacle = await findObstacle(git, checkout, from, to);
    if (obstacle !== null)
      return {
        kind: "refused",
        because: `branch '${branch}' is checked out in '${checkout.path}', and ${obstacle}. Commit or stash what is there, or switch that checkout to another branch; then run the same command again.`
      };
  }
  const pending = checkouts.map((checkout) => ({ checkout: checkout.path, branch, from: from ?? to, to }));
  for (const refresh of pending) await writeNote(notes, refresh);
  const outcome = await git.moveBranches([move2], reason);
  if (!outcome.moved) {
    for (const refresh of pending) await rm2(noteFile(notes, refresh), { force: true });
    return { kind: "elsewhere", tip: await git.readBranch(branch) };
  }
  const stuck = [];
  for (const refresh of pending) {
    const { refreshed, because } = await git.refreshCheckout(refresh.checkout, refresh.from, refresh.to);
    const isDone = refreshed || (await git.checkoutsOf(branch)).some(isCleanAt(refresh.checkout));
    await rm2(noteFile(notes, refresh), { force: true });
    if (!isDone) stuck.push(`'${refresh.checkout}' (${because})`);
  }
  if (stuck.length === 0) return { kind: "landed" };
  return {
    kind: "landed",
    notice: `branch '${branch}' moved to ${to}, but these checkouts of it could not follow: ${stuck.join(", ")}. Their files are still those of ${from ?? "before"}: look at 'git status' there before you commit.`
  };
}
function isCleanAt(checkout) {
  return (state) => state.path === checkout && state.isClean;
}
async function findObstacle(git, checkout, from, to) {
  if (!checkout.isClean) return checkout.because;
  if (from === null) return "it has no commit yet";
  const { refreshable, because } = await git.checkRefresh(checkout.path, from, to);
  return refreshable ? null : because;
}
function noteFile(notes, refresh) {
  const name = createHash("sha256").update(`${refresh.checkout}\0${refresh.branch}`).digest("hex").slice(0, 32);
  return path5.join(notes, `${name}.json`);
}
async function writeNote(notes, refresh) {
  await mkdir2(notes, { recursive: true, mode: 448 });
  await writeFileWhole(noteFile(notes, refresh), `${JSON.stringify(refresh)}
`);
}
async function finishRefreshes(git, notes) {
  const names = await readdir2(notes).catch(() => []);
  for (const name of names.filter((candidate) => candidate.endsWith(".json"))) {
    const file = path5.join(notes, name);
    const note = PendingRefresh.safeParse(parseJson(await readFile3(file, "utf8").catch(() => "")));
    const isOver = !note.success || await finishRefresh(git, note.data);
    if (isOver) await rm2(file, { force: true });
  }
}
async function finishRefresh(git, note) {
  const branch = note.branch;
  const tip = await git.readBranch(branch);
  if (tip === note.from) return false;
  if (tip === null || !await git.isAncestor(note.to, tip)) return true;
  const checkouts = await git.checkoutsOf(branch);
  if (checkouts.some((checkout) => checkout.path === note.checkout && !checkout.isClean))
    await git.refreshCheckout(note.checkout, note.from, tip);
  return true;
}
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}

// src/core/reconcile/settle-landings.ts
function settleLandings(ledger, queue, facts, config, nowMs) {
  const snapshot = {
    ledger,
    queue,
    ...facts,
    deadHolders: [],
    // No tip is the one that a landing was decided on, so that what has not landed yet does not.
    tip: null,
    inFlight: /* @__PURE__ */ new Set(),
    evidence: /* @__PURE__ */ new Map(),
    trials: /* @__PURE__ */ new Map(),
    final: null,
    refusals: /* @__PURE__ */ new Map()
  };
  const draft = openDraft(snapshot, config, nowMs);
  for (const [id, record] of Object.entries(ledger.tasks))
    if (landedAttempt(record) === null && lastAttempt(record)?.landing != null) followLanding(draft, id);
  settleDraft(draft);
  return { ledger: draft.ledger, queue: draft.queue };
}
function listPendingLandings(ledger) {
  return Object.values(ledger.tasks).flatMap((record) => {
    const last = lastAttempt(record);
    return last?.status === "verified" && last.landing !== null ? [last.landing.commitSha] : [];
  });
}

// src/engine/read-landed.ts
async function readLanded(git, commits, tip) {
  const landed = /* @__PURE__ */ new Map();
  if (tip === null) return landed;
  for (const commit of commits) {
    const contained = commit === tip || await git.isAncestor(commit, tip);
    landed.set(commit, { contained, tree: contained ? await git.treeOf(commit) : null });
  }
  return landed;
}

// src/engine/claim-plan.ts
var MAX_TRIES = 20;
async function claimPlan(deps, request, leaseMs) {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const before = await readLedgers(deps.store, request.plan.id);
    const prepared = await prepareLedgers(deps, request, before);
    if (prepared.kind !== "prepared") return prepared;
    const target = await ensureTarget(deps, prepared.ledger);
    if (target !== null) return target;
    const nowMs = deps.workers.clock.now();
    const claimed = claimAlone(prepared.ledger, deps, leaseMs, nowMs);
    const written = await writeLedgers(
      deps.store,
      before,
      claimed,
      prepared.queue,
      `Claimed by ${deps.holder.description}`
    );
    if (written !== null) return { kind: "claimed", ledgers: { ...written, ledger: claimed } };
  }
  throw new LedgerError(`The ledger of plan '${request.plan.id}' keeps moving; another process is at work on it.`);
}
async function prepareLedgers(deps, request, { ledger: known, queue }) {
  const nowMs = deps.workers.clock.now();
  if (known === null) {
    const { plan, baseBranch, baseSha, target } = request;
    return { kind: "prepared", ledger: createLedger({ plan, baseBranch, baseSha, target, nowMs }), queue };
  }
  const dead = await listDeadHolders(deps, known);
  const holder = findLiveHolder(known, deps.holder.id, dead, nowMs);
  if (holder !== null) return { kind: "busy", holder };
  if (known.target !== request.target)
    return {
      kind: "refused",
      because: `Plan '${known.plan.id}' lands on '${known.target}' since it was first run, not on '${request.target}'.`,
      next: `run it with the same choice of target, or give the plan another id`
    };
  if (known.plan.revision === request.plan.revision) return { kind: "prepared", ledger: renewTries(known), queue };
  if (!request.revise) return { kind: "revision-differs", difference: comparePlans(known.plan, request.plan) };
  const settled = await settle(deps, request, known, queue);
  return { kind: "prepared", ledger: revisePlan(renewTries(settled.ledger), request.plan), queue: settled.queue };
}
async function settle(deps, request, ledger, queue) {
  const { git, forge, clock } = deps.workers;
  const tip = await forge.readTip(ledger.target);
  const landed = await readLanded(git, listPendingLandings(ledger), tip);
  const config = {
    maxParallel: request.maxParallel,
    leaseMs: 0,
    backoffMs: 0,
    landingStrength: forge.landingStrength,
    only: null
  };
  return settleLandings(ledger, queue, { me: deps.holder.id, landed }, config, clock.now());
}
function claimAlone(ledger, { holder }, leaseMs, nowMs) {
  return claimHolder({ ...ledger, holders: {} }, holder.id, holder.description, leaseMs, nowMs);
}
async function listDeadHolders(deps, ledger) {
  const others = Object.keys(ledger.holders).filter((id) => id !== deps.holder.id);
  const alive = await Promise.all(others.map((id) => deps.isHolderAlive(id)));
  return others.filter((_id, at) => alive[at] === false);
}
async function ensureTarget(deps, ledger) {
  const { forge, git } = deps.workers;
  if (await forge.readTip(ledger.target) !== null) return null;
  if (ledger.certificates.length > 0) return refuseWithoutTarget(ledger);
  const outcome = await git.moveBranches([{ branch: ledger.target, from: null, to: ledger.baseSha }], "begin the plan");
  if (outcome.moved) return null;
  return {
    kind: "refused",
    because: `Branch '${ledger.target}' could not be created: ${outcome.because}.`,
    next: `git branch --list 'espalier/*'`
  };
}
function refuseWithoutTarget(ledger) {
  const { certificates, target, baseSha } = ledger;
  return {
    kind: "refused",
    because: `Branch '${target}' is gone, and ${certificates.length} tasks had landed on it.`,
    next: `git branch ${target} ${certificates.at(-1)?.landedSha ?? baseSha}`
  };
}

// src/engine/observe.ts
async function observe(deps, ledgers, workers) {
  const { ledger, queue } = ledgers;
  const inFlight = new Set(workers.inFlight);
  const reader = { plan: ledger.plan.id, store: deps.workers.evidence, workers, inFlight };
  const evidence = /* @__PURE__ */ new Map();
  const trials = /* @__PURE__ */ new Map();
  const pending = [];
  for (const [id, record] of Object.entries(ledger.tasks)) {
    const task = id;
    const attempt = lastAttempt(record);
    if (attempt?.status === "running") await readEvidence(reader, task, attempt, evidence);
    if (attempt?.status !== "verified") continue;
    if (attempt.landing !== null) pending.push(attempt.landing.commitSha);
    else await readTrial(reader, task, attempt, trials);
  }
  const tip = await deps.workers.forge.readTip(ledger.target);
  return {
    ledger,
    queue,
    me: deps.holder.id,
    deadHolders: await listDeadHolders(deps, ledger),
    tip,
    inFlight,
    evidence,
    trials,
    final: await readFinal(reader, ledger),
    landed: await readLanded(deps.workers.git, pending, tip),
    refusals: new Map(workers.refusals)
  };
}
async function readEvidence({ plan, store, workers, inFlight }, task, { attempt, generation }, into) {
  const key = workKey(task, attempt, generation);
  if (inFlight.has(key)) return;
  const found2 = workers.results.attempts.get(key) ?? await store.readEvidence({ plan, task, attempt, generation });
  if (found2 !== null) into.set(key, found2);
}
async function readTrial({ plan, store, workers, inFlight }, task, { attempt, trial }, into) {
  if (trial === null || trial.result !== null) return;
  const { generation } = trial;
  const key = workKey(task, attempt, generation);
  if (inFlight.has(key)) return;
  const found2 = workers.results.trials.get(key) ?? await store.readTrial({ plan, task, attempt, generation });
  if (found2 !== null) into.set(key, found2);
}
async function readFinal({ plan, store, workers, inFlight }, { final }) {
  if (final === null || final.result !== null) return null;
  const key = `final.${final.generation}`;
  if (inFlight.has(key)) return null;
  return workers.results.finals.get(key) ?? store.readFinal(plan, final.generation);
}

// src/engine/attempt/publish.ts
async function publishAttemptHead(room, forge, order, head) {
  const outcome = await room.watch.measure("publish", () => forge.publishHead(order.attemptBranch, head, null));
  if (outcome.kind === "published") return null;
  return makeFailure("internal", `Branch '${order.attemptBranch}' could not be moved to the work: ${outcome.because}`);
}
async function publishTaskHead(room, forge, order, head) {
  const because = await room.watch.measure("publish", () => tryToPublish(forge, order, head));
  if (because === null) return;
  const { taskBranch } = order;
  logLine(room, `branch '${taskBranch}' was left alone: ${because}`);
  room.deps.log.warn("A task branch was left alone", { task: order.task.id, branch: taskBranch, because });
}
async function tryToPublish(forge, { taskBranch, taskBranchFrom }, head) {
  try {
    const outcome = await forge.publishHead(taskBranch, head, taskBranchFrom);
    return outcome.kind === "published" ? null : outcome.because;
  } catch (error2) {
    return error2 instanceof Error ? error2.message : String(error2);
  }
}

// src/engine/run-attempt.ts
async function runAttempt(deps, order, control) {
  const state = beginState();
  const end = await runPart(deps, order, control, {
    stage: "worktree",
    goodEnd: "verified",
    run: (room) => doWork(room, order, state, placeOf(room, deps, order, state))
  });
  const evidence = toEvidence(deps, order, state, end);
  const key = { plan: order.plan, task: order.task.id, attempt: order.attempt, generation: order.generation };
  try {
    await deps.evidence.writeEvidence(key, evidence);
  } catch (error2) {
    deps.log.error("Evidence could not be written", { task: order.task.id, cause: String(error2) });
  }
  return evidence;
}
function placeOf(room, { forge }, order, state) {
  return {
    clearLeftovers: () => clearLeftovers(room, forge, order.task.title),
    protect: (head) => publishAttemptHead(room, forge, order, head),
    keepsUnsaved: true,
    async follow({ head, change, ports }) {
      const verified = await verifyChange(room, { order, state, change, ports });
      if (verified !== null) return verified;
      room.progress.update({ stage: "publish", activity: "" });
      await publishTaskHead(room, forge, order, head);
      return null;
    }
  };
}

// src/engine/run-trial.ts
async function runTrial(deps, order, control) {
  return recordTrial(deps, order, control, (room) => tryOnTip(room, deps.forge, order));
}
async function tryOnTip(room, forge, order) {
  const { git, author, clock } = room.deps;
  const merge2 = await git.mergeCommits(order.ontoSha, order.headSha);
  if (merge2.kind === "conflict") return describeConflict(room, merge2);
  const commit = await git.writeCommit({
    tree: merge2.tree,
    // A merge commit even where the head builds on the tip: what landed with which task stays readable.
    parents: [order.ontoSha, order.headSha],
    message: mergeMessage({ ...order, task: order.task.id, title: order.task.title }),
    author,
    atMs: clock.now()
  });
  const published = await forge.publishHead(order.trialBranch, commit, null);
  if (published.kind === "refused")
    return toError(makeFailure("internal", `Branch '${order.trialBranch}' could not be moved: ${published.because}`));
  const known = findKnownResult(order, merge2.tree);
  if (known !== null) return toTested(commit, merge2.tree, { ...known, stage: "trial", reused: true });
  return testMerged(room, order, commit, merge2.tree);
}
function findKnownResult(order, tree) {
  const suite = suiteDigest(order.task);
  const known = order.knownTests.findLast(
    (test) => ["verify", "trial", "final"].includes(test.stage) && test.tree === tree && test.suite === suite
  );
  return known?.status === "passed" ? known : null;
}
var MAX_HUNK_FILES = 10;
var MAX_HUNK_FILE_BYTES = 1024 * 1024;
async function describeConflict(room, merge2) {
  const hunks = await Promise.all(
    merge2.conflicts.slice(0, MAX_HUNK_FILES).map(async ({ path: path16 }) => {
      const text = await room.deps.git.readFile(merge2.tree, path16, MAX_HUNK_FILE_BYTES);
      return { path: path16, text: extractConflictHunks(text ?? "") };
    })
  );
  return {
    outcome: "conflict",
    commitSha: null,
    treeSha: null,
    test: null,
    conflicts: merge2.conflicts.slice(0, 200),
    feedback: renderConflictFeedback(
      merge2.conflicts,
      hunks.filter(({ text }) => text !== "")
    )
  };
}

// src/engine/workers.ts
var Workers = class {
  /** Live progress by work key. */
  progress = /* @__PURE__ */ new Map();
  /** Landings that the forge refused since the loop last looked. */
  refusals = /* @__PURE__ */ new Map();
  /** What ended in this process, by work key: serves also where the disk was too full to keep it. */
  results = {
    attempts: /* @__PURE__ */ new Map(),
    trials: /* @__PURE__ */ new Map(),
    finals: /* @__PURE__ */ new Map()
  };
  deps;
  jobs = /* @__PURE__ */ new Map();
  wake = () => {
  };
  news = false;
  fault = null;
  constructor(deps) {
    this.deps = deps;
  }
  /** Keys of what runs at this moment. */
  get inFlight() {
    return new Set(this.jobs.keys());
  }
  /** True if something ended since the loop last waited. */
  get hasNews() {
    return this.news;
  }
  forgetRefusals() {
    this.refusals.clear();
  }
  /**
   * Throws if a worker broke its promise to end with a result. Starting it again would only break it again, so the
   * run ends and says so.
   */
  assertSound() {
    if (this.fault === null) return;
    throw new Error(`The worker '${this.fault.key}' ended without a result: ${String(this.fault.cause)}`, {
      cause: this.fault.cause
    });
  }
  /** Resolves when something ended or made progress, after `timeoutMs`, or when the signal aborts. */
  async waitForNews(timeoutMs, signal) {
    if (!this.news) {
      const woken = new AbortController();
      this.wake = () => woken.abort();
      await this.deps.clock.sleep(timeoutMs, AbortSignal.any([signal, woken.signal]));
      this.wake = () => {
      };
    }
    this.news = false;
  }
  /** Does one action that the ledger names. Doing it twice is harmless. */
  async perform(action, ledger) {
    switch (action.kind) {
      case "start-attempt": {
        const order = attemptOrder(ledger, action.task);
        const deps = this.depsFor(order.task);
        const key = workKey(action.task, action.attempt, action.generation);
        this.start(key, this.results.attempts, (signal) => runAttempt(deps, order, this.control(key, signal)));
        return;
      }
      case "stop-attempt":
        this.jobs.get(workKey(action.task, action.attempt, action.generation))?.abort.abort(new Error(action.because));
        return;
      case "start-trial": {
        const order = trialOrder(ledger, action.task);
        const deps = this.depsFor(order.task);
        const key = workKey(action.task, action.attempt, action.generation);
        this.start(key, this.results.trials, (signal) => runTrial(deps, order, this.control(key, signal)));
        return;
      }
      case "land":
        await this.land(action);
        return;
      case "start-final": {
        const order = finalOrder(ledger, action.generation, action.commitSha);
        const deps = this.depsFor(ledger.plan.tasks[0]);
        const key = `final.${action.generation}`;
        this.start(key, this.results.finals, (signal) => runFinal(deps, order, this.control(key, signal)));
      }
    }
  }
  /** Stops everything and waits until nothing runs. */
  async stopAll(because) {
    const jobs = [...this.jobs.values()];
    for (const job of jobs) job.abort.abort(new Error(because));
    await Promise.all(jobs.map((job) => job.done));
  }
  depsFor(task) {
    const sandbox = task === void 0 ? void 0 : this.deps.sandboxFor?.(task);
    return sandbox === void 0 ? this.deps : { ...this.deps, sandbox };
  }
  control(key, signal) {
    return {
      signal,
      onProgress: (progress) => {
        this.progress.set(key, progress);
      }
    };
  }
  start(key, results, work) {
    if (this.jobs.has(key)) return;
    const abort = new AbortController();
    const done = work(abort.signal).then(
      (result) => {
        results.set(key, result);
      },
      (cause) => {
        this.fault ??= { key, cause };
      }
    ).then(() => {
      this.jobs.delete(key);
      this.progress.delete(key);
      this.news = true;
      this.wake();
    });
    this.jobs.set(key, { abort, done });
  }
  async land(action) {
    const outcome = await this.deps.forge.land({
      target: action.target,
      from: action.fromSha,
      to: action.commitSha,
      reason: `land ${action.task}.${action.attempt}`
    });
    if (outcome.kind === "refused") this.refusals.set(action.commitSha, outcome.because);
    if (outcome.kind === "landed" && outcome.notice !== void 0)
      this.deps.log.warn("Landed, with a notice", { task: action.task, notice: outcome.notice });
  }
};

// src/engine/run-plan.ts
var LEASE_MS = 6e4;
var POLL_MS = 1e3;
var BACKOFF_MS = 15e3;
async function runPlan(deps, request, control) {
  const claimed = await claimPlan(deps, request, LEASE_MS);
  if (claimed.kind !== "claimed") return claimed;
  const workers = new Workers(deps.workers);
  const loop = new RunLoop(deps, request, control, workers, claimed.ledgers);
  try {
    return await loop.run();
  } finally {
    await workers.stopAll("the run ended");
    await release(deps, request);
  }
}
async function release(deps, request) {
  for (let tries = 0; tries < 5; tries += 1) {
    const before = await readLedgers(deps.store, request.plan.id, request.target);
    if (before.ledger?.holders[deps.holder.id] === void 0) return;
    const released = releaseHolder(before.ledger, deps.holder.id);
    if (await writeLedgers(deps.store, before, released, before.queue, "Give up the lease") !== null) return;
  }
}
var RunLoop = class {
  ledgers;
  /** False once a look at the branch that landings move found none. */
  hasTarget = true;
  config;
  deps;
  request;
  control;
  workers;
  constructor(deps, request, control, workers, ledgers) {
    this.deps = deps;
    this.request = request;
    this.control = control;
    this.workers = workers;
    this.ledgers = ledgers;
    this.config = {
      maxParallel: request.maxParallel,
      leaseMs: LEASE_MS,
      backoffMs: BACKOFF_MS,
      landingStrength: deps.workers.forge.landingStrength,
      only: request.only.length === 0 ? null : new Set(request.only)
    };
  }
  async run() {
    const { signal } = this.control;
    while (!signal.aborted) {
      const rival = await this.findRival();
      if (rival !== null) {
        await this.workers.stopAll("another process has taken the plan over");
        return { kind: "busy", holder: rival };
      }
      const hasMoved = await this.reconcile();
      const view = this.show();
      if (hasMoved) continue;
      const isIdle = this.workers.inFlight.size === 0 && !this.workers.hasNews;
      if (isIdle && this.isAtRest(view)) return { kind: "ended", view, ledger: this.ledgers.ledger };
      if (isIdle && !this.hasTarget) return refuseWithoutTarget(this.ledgers.ledger);
      await this.workers.waitForNews(POLL_MS, signal);
    }
    await this.workers.stopAll("the run was interrupted");
    return { kind: "interrupted", view: this.show(), ledger: this.ledgers.ledger };
  }
  /** True if nothing that this run may work on will move without a person. */
  isAtRest(view) {
    if (view.status === "paused") return false;
    const { only } = this.config;
    if (view.status !== "working" || only === null) return view.status !== "working";
    const mine = view.tasks.filter((task) => only.has(task.id) || task.state === "queued");
    return !mine.some((task) => task.waiting?.kind === "backoff" || task.waiting?.kind === "queue");
  }
  /**
   * Looks whether the plan is still this process's: one that was suspended for longer than its lease lasts finds that
   * another has claimed it meanwhile. `null` if it is, or is again because nobody works on it any more.
   */
  async findRival() {
    for (; ; ) {
      this.workers.assertSound();
      await this.refresh();
      const { ledger, queue } = this.ledgers;
      if (ledger.holders[this.deps.holder.id] !== void 0) return null;
      const nowMs = this.deps.workers.clock.now();
      const rival = findLiveHolder(ledger, this.deps.holder.id, await listDeadHolders(this.deps, ledger), nowMs);
      if (rival !== null) return rival;
      const claimed = claimAlone(ledger, this.deps, LEASE_MS, nowMs);
      const written = await writeLedgers(this.deps.store, this.ledgers, claimed, queue, "Claimed again");
      if (written !== null) this.ledgers = { ...written, ledger: claimed };
    }
  }
  /** One reconcile of what was read last. True if the ledger moved or something was done, so that it is worth looking again at once. */
  async reconcile() {
    const nowMs = this.deps.workers.clock.now();
    const snapshot = await observe(this.deps, this.ledgers, this.workers);
    this.hasTarget = snapshot.tip !== null;
    const decision = decide(snapshot, this.config, nowMs);
    const isChanged = decision.ledger !== snapshot.ledger || decision.queue !== snapshot.queue;
    if (isChanged) {
      const written = await this.write(decision);
      if (!written) return true;
    }
    this.workers.forgetRefusals();
    for (const note of decision.notes) this.control.onEvent({ at: nowMs, ...note });
    for (const action of decision.actions) await this.workers.perform(action, this.ledgers.ledger);
    return isChanged || decision.actions.some((action) => action.kind === "land");
  }
  async refresh() {
    const { store } = this.deps;
    const read = await readLedgers(store, this.request.plan.id, this.request.target, this.ledgers);
    if (read.ledger === null)
      throw new Error(
        `The ledger of plan '${this.request.plan.id}' has disappeared while the plan was running. Start it again.`
      );
    this.ledgers = { ...read, ledger: read.ledger };
  }
  async write(decision) {
    const subject = describe(decision.notes);
    const written = await writeLedgers(this.deps.store, this.ledgers, decision.ledger, decision.queue, subject);
    if (written === null) return false;
    this.ledgers = { ...written, ledger: decision.ledger };
    return true;
  }
  show() {
    const view = viewPlan(this.ledgers.ledger, this.ledgers.queue, this.deps.workers.clock.now());
    this.control.onView(view, this.workers.progress);
    return view;
  }
};
function describe(notes) {
  const [first] = notes;
  if (first === void 0) return "Renew the lease";
  const more = notes.length > 1 ? ` (and ${notes.length - 1} more)` : "";
  return `${first.kind}${describeTask(first.task, first.attempt)}${more}`;
}
function describeTask(task, attempt) {
  return task === null ? "" : ` ${task}.${attempt}`;
}

// src/entrypoints/cli/interrupts.ts
function listenForInterrupts(input, onFirst) {
  const abort = new AbortController();
  const stop = input.onInterrupt((name) => {
    if (abort.signal.aborted) {
      input.exitNow(exitCodeOf("interrupted"));
      return;
    }
    onFirst(name);
    abort.abort(new Error(`Stopped by ${name}.`));
  });
  return { signal: abort.signal, stop };
}

// src/entrypoints/cli/open-run-sandbox.ts
import { realpath } from "node:fs/promises";
import path6 from "node:path";
import process2 from "node:process";

// src/adapters/terminal/terminal.ts
import { styleText } from "node:util";
var FORMATS = {
  plain: null,
  strong: "bold",
  dim: "dim",
  good: "green",
  warn: "yellow",
  bad: "red",
  busy: "cyan"
};
var WIDTH_WITHOUT_TERMINAL = 120;
function openTerminal(stream, env) {
  const isTty = stream.isTTY === true;
  const hasColour = decideColour(isTty, env);
  const isUtf8 = decideUtf8(env);
  const paint = (row) => {
    const painted = paintRow(row, hasColour);
    return isTty && !isUtf8 ? painted.replace(/[^\0-\x7f]/gu, "?") : painted;
  };
  return {
    isTty,
    canRedraw: isTty && env.TERM !== "dumb" && !isSet(env.CI),
    hasColour,
    isUtf8,
    stream,
    width: () => Math.max(20, stream.columns ?? WIDTH_WITHOUT_TERMINAL),
    height: () => Math.max(5, stream.rows ?? 24),
    print: (rows) => {
      if (rows.length > 0) stream.write(`${rows.map(paint).join("\n")}
`);
    },
    paint
  };
}
function decideColour(isTty, env) {
  if (isSet(env.NO_COLOR)) return false;
  if (isSet(env.FORCE_COLOR)) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return isTty && env.TERM !== "dumb";
}
function decideUtf8(env) {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(isSet) ?? "";
  return /utf-?8/i.test(locale);
}
function paintRow(row, hasColour) {
  if (!hasColour)
    return row.map((span2) => span2.text).join("").trimEnd();
  return row.map(({ text, style }) => {
    const format = FORMATS[style];
    return format === null || text === "" ? text : styleText(format, text, { validateStream: false });
  }).join("");
}
function isSet(value) {
  return value !== void 0 && value !== "";
}

// src/entrypoints/cli/session.ts
function labelText(terminal2, [label, labelStyle], [text, style]) {
  const head = `${label}: `;
  if (!terminal2.isTty) return [[span(head, labelStyle), span(text, style)]];
  const indent2 = " ".repeat(head.length);
  return wrapText(span(text).text, Math.max(30, terminal2.width() - head.length), null).map((line2, at) => [
    span(at === 0 ? head : indent2, labelStyle),
    span(line2, style)
  ]);
}
function openSession(input) {
  const out = openTerminal(input.stdout, input.env);
  const err = openTerminal(input.stderr, input.env);
  let exit = "ok";
  return {
    input,
    out,
    err,
    repositoryDir: input.cwd,
    stateDir: null,
    isDebug: false,
    offsetMinutes: -(/* @__PURE__ */ new Date()).getTimezoneOffset(),
    printJson: (value) => {
      input.stdout.write(`${JSON.stringify(value, null, 2)}
`);
    },
    printJsonLine: (value) => {
      input.stdout.write(`${JSON.stringify(value)}
`);
    },
    warn: (text) => {
      err.print(labelText(err, ["warning", "warn"], [text, "plain"]));
    },
    note: (text) => {
      err.print(labelText(err, ["note", "dim"], [text, "plain"]));
    },
    end: (name) => {
      exit = name;
    },
    get exitCode() {
      return exitCodeOf(exit);
    }
  };
}

// src/entrypoints/cli/open-run-sandbox.ts
function sandboxFor({ sandbox, images = [] }, task) {
  return images.find(({ image: image2 }) => image2 === task.image)?.sandbox ?? sandbox;
}
function demandSandbox(said, config) {
  return {
    engine: said.sandbox ?? config.sandbox.engine,
    waive: [.../* @__PURE__ */ new Set([...said.waive ?? [], ...config.sandbox.waive])],
    image: said.image ?? config.sandbox.image,
    rootfs: said.image === void 0 ? config.sandbox.rootfs : null,
    tools: said.tools ?? []
  };
}
async function tryOpenSandbox(session2, place, demand) {
  const { env } = session2.input;
  const opened = await openSandbox({
    asked: demand.engine,
    profiles: [...new Set(place.plan.tasks.map((task) => task.profile))],
    waive: demand.waive,
    root: rootOf(demand),
    toolPaths: await findToolPaths({
      plan: place.plan,
      node: process2.execPath,
      searchPath: env["PATH"] ?? "",
      said: await resolveTools(demand.tools)
    }),
    stateDir: path6.join(place.stateDir, "sandbox"),
    env
  });
  if (opened.kind === "refused") return opened;
  return { kind: "opened", sandbox: opened.sandbox, reason: opened.choice.because };
}
function announceSandbox(session2, opened) {
  const { engine, waived } = opened.sandbox;
  const isNone = engine === "none";
  const text = `${engine}, ${opened.reason}`;
  const { images = [] } = opened;
  if (!images.some(({ sandbox }) => sandbox === opened.sandbox))
    session2.err.print(labelText(session2.err, ["sandbox", "dim"], [text, isNone ? "bad" : "plain"]));
  for (const { image: image2, tasks, sandbox, reason } of images) {
    const line2 = `${tasks.slice(0, 4).join(", ")}${tasks.length > 4 ? ` and ${tasks.length - 4} more` : ""}: ${sandbox.engine}, ${reason}`;
    session2.err.print(labelText(session2.err, ["sandbox", "dim"], [line2, "plain"]));
    if (sandbox.waived.length > 0)
      session2.warn(`not enforced on the image ${image2} and waived by name: ${sandbox.waived.join(", ")}`);
  }
  if (isNone) session2.warn("agents, tests and reviewers run as you, with all that you may read and write.");
  else if (waived.length > 0) session2.warn(`not enforced here and waived by name: ${waived.join(", ")}`);
}
function rootOf(demand) {
  if (demand.image !== null) return { kind: "image", image: demand.image };
  return demand.rootfs === null ? { kind: "host" } : { kind: "folder", path: demand.rootfs };
}
async function resolveTools(folders) {
  const found2 = [];
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => null);
    if (real === null) throw new CliError("usage", `--tools '${folder}': there is no such folder.`);
    found2.push(real);
  }
  return found2;
}

// src/entrypoints/cli/open-plan-sandboxes.ts
function demandedOpener(said) {
  return async (session2, place) => {
    const demand = demandSandbox(said, place.config);
    if (said.image !== void 0 || demand.engine === "none") {
      if (demand.engine === "none") warnOfImages(session2, place.plan);
      return openOrRefuse(session2, place, demand);
    }
    const [plain = [], ...others] = partByImage(place.plan);
    const images = [];
    for (const tasks of others) {
      const image2 = tasks[0]?.image ?? null;
      const opened = await openOrRefuse(session2, placeOf2(place, tasks), { ...demand, image: image2, rootfs: null });
      if (image2 !== null) images.push({ ...opened, image: image2, tasks: tasks.map(({ id }) => id) });
    }
    const [first] = images;
    if (plain.length === 0 && first !== void 0) return { sandbox: first.sandbox, reason: first.reason, images };
    return { ...await openOrRefuse(session2, placeOf2(place, plain), demand), images };
  };
}
async function openOrRefuse(session2, place, demand) {
  const opened = await tryOpenSandbox(session2, place, demand);
  if (opened.kind === "opened") return { sandbox: opened.sandbox, reason: opened.reason };
  const tasks = place.plan.tasks.filter(({ image: image2 }) => image2 !== void 0 && image2 === demand.image);
  const where = tasks.length === 0 ? "" : ` on the image '${demand.image}' of ${nameTasks(tasks)}`;
  throw new CliError("unfit", `No sandbox${where}: ${opened.because}.`, { next: opened.nextStep });
}
function partByImage({ tasks }) {
  const parts = Map.groupBy(tasks, (task) => task.image);
  const plain = parts.get(void 0) ?? [];
  parts.delete(void 0);
  return [plain, ...parts.values()];
}
function placeOf2(place, tasks) {
  return { ...place, plan: { ...place.plan, tasks } };
}
function warnOfImages(session2, plan) {
  const tasks = plan.tasks.filter((task) => task.image !== void 0);
  if (tasks.length > 0)
    session2.warn(`${nameTasks(tasks)}: 'image' is of no meaning without a sandbox; what is on this machine is used.`);
}

// src/entrypoints/cli/operator-log.ts
var WORDS = { debug: "debug", info: "info", warn: "warning", error: "error" };
function openOperatorLog(options) {
  const log = (level) => (message, fields = {}) => {
    if (options.isDebug)
      options.write(JSON.stringify({ at: new Date(options.now()).toISOString(), level, message, ...fields }));
    else if (level === "warn" || level === "error") options.write(`${WORDS[level]}: ${message}${listFields(fields)}`);
  };
  return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
}
function listFields(fields) {
  const parts = Object.entries(fields).map(
    ([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value) ?? "unknown"}`
  );
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

// src/engine/attempt/preflight-agents.ts
async function preflightAgents(tasks, sandbox, hostEnv) {
  const find = rememberPrograms(sandbox);
  const found2 = await Promise.all(tasks.map((task) => findTaskProblems(task, { find, sandbox, hostEnv })));
  const merged = /* @__PURE__ */ new Map();
  for (const [at, problems] of found2.entries()) {
    const task = tasks[at];
    if (task === void 0) continue;
    for (const problem of problems) {
      const key = `${problem.severity}
${problem.message}
${problem.next}`;
      const known = merged.get(key);
      if (known === void 0) merged.set(key, { ...problem, tasks: [task.id] });
      else if (!known.tasks.includes(task.id)) known.tasks.push(task.id);
    }
  }
  return [...merged.values()];
}
function rememberPrograms(sandbox) {
  const known = /* @__PURE__ */ new Map();
  return (name, profile) => {
    const key = `${profile} ${name}`;
    const answer = known.get(key) ?? sandbox.findProgram(name, profile);
    known.set(key, answer);
    return answer;
  };
}
async function findTaskProblems(task, around) {
  const { reviewer } = task.review;
  const found2 = await Promise.all([
    checkAgent("agent", task.agent, task, around),
    reviewer === null ? [] : checkAgent("reviewer", reviewer, task, around),
    checkCommands(task, around),
    checkIntakePrograms(task, around)
  ]);
  return [...found2.flat(), ...checkNames(task, around.hostEnv), ...checkBudget(task)];
}
async function checkAgent(role, choice, task, around) {
  const described = describeAgent(choice);
  if (described.kind === "unknown-preset") {
    const next = described.nearest === null ? "Name a preset, or give a command." : `Did you mean '${described.nearest}'?`;
    return [error(`There is no ${role} preset '${cleanLine(described.name, 60)}'.`, next)];
  }
  const { description } = described;
  const problems = await checkAgentProgram(role, choice, description.install, task, around);
  if (description.needsNetwork && task.profile === "strict")
    problems.push(
      error(
        `The ${role} '${description.name}' talks to its model over the network, and the profile 'strict' has none.`,
        "Set `profile: development` for the task, or use a command that works without network."
      )
    );
  const usable = description.needsOneOf.filter(
    (name) => task.env.includes(name) && (around.hostEnv[name] ?? "") !== ""
  );
  if (description.needsOneOf.length > 0 && usable.length === 0) {
    const names = description.needsOneOf.join(", ");
    const isSet2 = description.needsOneOf.find((name) => (around.hostEnv[name] ?? "") !== "");
    const next = isSet2 === void 0 ? `Set ${description.needsOneOf[0] ?? ""} in the environment and list it under the task's \`env\`.` : `${isSet2} is set: list it under the task's \`env\`, since nothing else of the environment is handed in.`;
    problems.push(
      error(`The ${role} '${description.name}' has no credential in its sandbox: it needs one of ${names}.`, next)
    );
  }
  return problems;
}
async function checkAgentProgram(role, choice, install, task, { find, sandbox }) {
  const described = describeAgent(choice);
  const program2 = described.kind === "known" ? described.description.program : "";
  if (isInWorktree(program2) || await find(program2, task.profile) !== null) return [];
  const where = sandbox.engine === "none" ? "on this machine" : `inside of the sandbox (${sandbox.engine})`;
  const next = install === null ? "Install it where the sandbox sees it, or correct the command." : `Install it (${install}) where the sandbox sees it: in the image, or in a folder of tools.`;
  return [error(`The program '${cleanLine(program2, 100)}' of the ${role} was not found ${where}.`, next)];
}
async function checkCommands(task, { find }) {
  const check2 = async (command, kind, mayBeInstalled) => {
    const program2 = command[0] ?? "";
    if (isInWorktree(program2) || await find(program2, task.profile) !== null) return [];
    const message = `The program '${cleanLine(program2, 100)}' of the ${kind} '${cleanLine(renderCommand(command), 100)}' was not found in the sandbox.`;
    const next = "Install it where the sandbox sees it, or correct the command.";
    return mayBeInstalled ? [{ severity: "warning", message, next: "Nothing, if the setup installs it and puts it into PATH." }] : [error(message, next)];
  };
  const found2 = await Promise.all([
    ...task.setup.map((command, at) => check2(command, "setup command", at > 0)),
    ...task.test.map((command) => check2(command, "test command", task.setup.length > 0))
  ]);
  return found2.flat();
}
async function checkIntakePrograms(task, { find }) {
  const missing = [];
  for (const program2 of ["sh", "git"]) if (await find(program2, task.profile) === null) missing.push(program2);
  if (missing.length === 0) return [];
  return [
    error(
      `The sandbox has no ${missing.map((name) => `'${name}'`).join(" and no ")}, with which the agent's changes are taken in.`,
      "Use a root file system or an image that has them."
    )
  ];
}
function checkNames(task, hostEnv) {
  const problems = [];
  for (const name of task.env) {
    const shown = cleanLine(name, 60);
    const because = checkVariable(name, hostEnv[name] ?? "");
    if (because !== null)
      problems.push(
        error(`The variable '${shown}' cannot be handed in: ${because}.`, "Take it out of the task's `env`.")
      );
    else if (!Object.hasOwn(hostEnv, name))
      problems.push({
        severity: "warning",
        message: `The variable '${shown}' of \`env\` is not set.`,
        next: `Set ${shown}, or take it out of \`env\`.`
      });
  }
  for (const name of task.ports) {
    const because = findPortNameProblem(name);
    if (because !== null)
      problems.push(
        error(`'${cleanLine(name, 60)}' cannot name a port: ${because}.`, "Choose another name in the task's `ports`.")
      );
  }
  return problems;
}
function checkBudget(task) {
  const described = describeAgent(task.agent);
  if (task.budgetUsd === null || described.kind !== "known" || described.description.holdsBudget) return [];
  return [
    {
      severity: "warning",
      message: `The agent '${described.description.name}' does not stop by itself at a budget.`,
      next: task.agent.kind === "preset" ? "It reports no cost, so each attempt counts as its whole budget and gets one round only." : "Let it write its cost to $ESPALIER_USAGE_FILE; otherwise each attempt counts as its whole budget and gets one round only."
    }
  ];
}
function isInWorktree(program2) {
  return program2.includes("/") && !program2.startsWith("/");
}
function error(message, next) {
  return { severity: "error", message, next };
}

// src/entrypoints/cli/check-agents.ts
var MAX_NAMED = 4;
async function checkAgents(session2, run2) {
  const bySandbox = Map.groupBy(run2.plan.tasks, (task) => sandboxFor(run2.opened, task));
  const found2 = [...bySandbox].map(([sandbox, tasks]) => preflightAgents(tasks, sandbox, run2.hostEnv));
  const problems = (await Promise.all(found2)).flat();
  for (const problem of problems) {
    const { severity, message, next } = problem;
    session2.err.print([
      [
        span(`${severity}: `, severity === "error" ? "bad" : "warn"),
        span(message),
        span(` (${nameTasks2(problem)})`, "dim")
      ],
      line(`  next: ${next}`, "dim")
    ]);
  }
  const errors = problems.filter((problem) => problem.severity === "error").length;
  if (errors > 0)
    throw new CliError("unfit", `The plan cannot run here: ${countOf(errors, "problem")}.`, {
      next: "put right what is listed above (programs: see also --tools); nothing was started"
    });
}
function nameTasks2({ tasks }) {
  const named = tasks.slice(0, MAX_NAMED).join(", ");
  return tasks.length > MAX_NAMED ? `${named} and ${tasks.length - MAX_NAMED} more` : named;
}

// src/entrypoints/cli/prepare-run.ts
import path7 from "node:path";
async function readPlanToRun(session2, said, showsWarnings) {
  const source = await readPlanSource(session2, said);
  const reading = readPlan(source.text, source.fileName === null ? {} : { fileName: source.fileName });
  const name = source.fileName ?? "standard input";
  if (showsWarnings || reading.plan === null) showProblems(session2, reading.problems, name);
  if (reading.plan === null)
    throw new CliError("usage", `The plan '${name}' cannot be run: ${countErrors(reading.problems)}.`, {
      next: "put right what is listed above; nothing was started"
    });
  return { plan: reading.plan, reading, source: name };
}
async function prepareRun(session2, repository, asked) {
  const { read, source, overrides, options } = asked;
  const plan = options.budget === void 0 ? read : { ...read, budgetUsd: options.budget };
  const { ledger } = await readLedgers(repository.store, plan.id);
  const base = await findBase(repository, plan, ledger, options);
  const configSha = ledger === null || options.revise === true ? base.sha : ledger.baseSha;
  const config = await loadConfig(session2, repository, configSha);
  const resolved = resolve(session2, { plan, source }, config.defaults, overrides);
  checkOnly(resolved, options);
  const target = options.landOnBase === true ? base.branch : branchFor({ kind: "landed", plan: resolved.id });
  return { plan: resolved, config, baseBranch: base.branch, baseSha: base.sha, target, ledger };
}
async function checkRepository(session2, repository, run2) {
  const { facts, git } = repository;
  if (facts.submodules.length > 0)
    session2.warn(
      `${countOf(facts.submodules.length, "submodule")} (${facts.submodules.slice(0, 3).join(", ")}) will not be checked out in worktrees: agents and tests do not see what is in them.`
    );
  if (facts.isShallow)
    session2.note("this is a shallow clone: agents see the history that is here; landing needs no more than that.");
  if (run2.target !== run2.baseBranch) {
    if (facts.isDirty)
      session2.note(
        `changes that are not committed are not part of the base (${shortSha(run2.baseSha)}) and stay as they are.`
      );
    return;
  }
  for (const checkout of await git.checkoutsOf(run2.baseBranch)) {
    if (checkout.isClean) continue;
    throw new CliError(
      "unfit",
      `--land-on-base would move '${run2.baseBranch}', which is checked out in '${checkout.path}', and that is not clean: ${checkout.because}.`,
      { next: "commit or stash the changes, or leave out --land-on-base and merge the result yourself" }
    );
  }
}
async function findBase(repository, plan, ledger, options) {
  const { facts, git } = repository;
  if (!facts.hasCommits)
    throw new CliError("unfit", "This repository has no commit yet, so there is nothing to start from.", {
      next: "git add --all && git commit -m 'Begin'"
    });
  const asked = options.base === void 0 ? null : readBase(options.base);
  if (ledger !== null && asked !== null && asked !== ledger.baseBranch)
    throw new CliError("usage", `Plan '${plan.id}' began on '${ledger.baseBranch}', not on '${asked}'.`, {
      next: "leave out --base, or give the plan another id"
    });
  const branch = asked ?? ledger?.baseBranch ?? plan.base ?? facts.headBranch;
  if (branch === null)
    throw new CliError("unfit", "No branch is checked out here, so it is not clear where to start from.", {
      next: "name one: --base main"
    });
  const sha = await git.readBranch(branch);
  if (sha !== null) return { branch, sha };
  const branches = await git.listBranches("");
  const nearest = findNearestName(
    branch,
    branches.map((each) => each.branch)
  );
  throw new CliError("usage", `There is no branch '${branch}' to start from.`, {
    next: nearest === null ? "git branch lists the branches" : `did you mean '${nearest}'?`
  });
}
function readBase(text) {
  const base = readBranchName(text);
  if (!base.ok) throw new CliError("usage", `--base '${text}' is no branch that can be used: ${base.because}.`);
  return base.value;
}
async function loadConfig(session2, repository, commit) {
  const text = await repository.git.readFile(commit, CONFIG_PATH, MAX_CONFIG_LENGTH * 4);
  const { config, problems } = readConfig(text ?? "");
  showProblems(session2, problems, `${shortSha(commit)}:${CONFIG_PATH}`);
  if (config === null)
    throw new CliError("usage", `The configuration ${CONFIG_PATH} at ${shortSha(commit)} cannot be used.`, {
      next: "put it right and commit it on the base; nothing was started"
    });
  return config;
}
function resolve(session2, { plan, source }, defaults, overrides) {
  const { plan: resolved, problems } = resolvePlan(plan, defaults, overrides, { forge: "local" });
  showProblems(session2, problems, source);
  if (resolved === null)
    throw new CliError("usage", `The plan '${plan.id}' cannot be run as it stands: ${countErrors(problems)}.`, {
      next: "say what is missing in the plan, in the configuration or on the command line"
    });
  return resolved;
}
function checkOnly(plan, options) {
  const ids = plan.tasks.map((task) => task.id);
  for (const word2 of options.only ?? []) {
    if (ids.some((id) => id === word2)) continue;
    const nearest = findNearestName(word2, ids);
    throw new CliError("usage", `--only names '${word2}', which is no task of plan '${plan.id}'.`, {
      next: nearest === null ? `the tasks are ${ids.slice(0, 20).join(", ")}` : `did you mean '${nearest}'?`
    });
  }
}
function countErrors(problems) {
  return countOf(problems.filter((problem) => problem.severity === "error").length, "error");
}
function resolveFolder(session2, folder) {
  return path7.resolve(session2.input.cwd, folder);
}

// src/entrypoints/cli/rehearse-run.ts
function rehearseRun(session2, options) {
  const { read, prepared, maxParallel, only } = options;
  const { plan, baseBranch, baseSha, target } = prepared;
  const nowMs = Date.now();
  const ledger = prepared.ledger ?? createLedger({ plan, baseBranch, baseSha, target, nowMs });
  const view = viewPlan({ ...ledger, plan }, createQueueLedger(target), nowMs);
  const ready = view.tasks.filter(
    (task) => task.state === "waiting" && task.waiting?.kind === "slot" && (only.length === 0 || only.includes(task.id))
  );
  const idCells = Math.max(4, ...plan.tasks.map((task) => task.id.length));
  const look2 = { source: read.source, width: session2.out.width(), isUtf8: session2.out.isUtf8 };
  session2.out.print(renderCheck(summarizePlan(read.reading, { agents: maxParallel }), look2));
  session2.out.print([
    [],
    [
      span(plan.id, "strong"),
      span(`: ${countOf(plan.tasks.length, "task")}, from ${baseBranch} at ${shortSha(baseSha)}, landing on ${target}`)
    ],
    line(
      prepared.ledger === null ? `would begin with ${countOf(Math.min(maxParallel, ready.length), "attempt")} (${countOf(ready.length, "task")} ready, at most ${maxParallel} at once):` : `goes on where it stopped; ${countOf(ready.length, "task")} could be started now, at most ${maxParallel} at once:`
    ),
    ...view.tasks.map((task) => {
      const settings = plan.tasks.find((each) => each.id === task.id);
      const isReady = ready.includes(task);
      const what = isReady ? describeWork(settings) : task.waiting?.because ?? task.state;
      return [
        span(`  ${fitText(task.id, idCells, "")}  `, isReady ? "strong" : "dim"),
        span(what, isReady ? "plain" : "dim")
      ];
    }),
    ...renderGate(plan),
    line("Nothing was started and nothing was changed (--dry-run).", "good")
  ]);
}
function describeWork(task) {
  if (task === void 0) return "";
  const limits = `${task.profile}, ${task.resources}, ${formatDuration(task.timeoutMs)} each run, ${countOf(task.retries, "retry").replace("retrys", "retries")}`;
  return `would start: ${nameAgent(task.agent)} (${limits})`;
}
function renderGate(plan) {
  const gates = plan.tasks.map((task) => ({
    tests: task.test.map((command) => renderCommand(command)).join("; "),
    review: task.review.reviewer === null ? "no review (switched off by name)" : `review by ${nameAgent(task.review.reviewer)}, at least ${task.review.threshold}/10`
  }));
  const distinct = new Set(gates.map((gate) => `${gate.tests}: ${gate.review}`));
  const [first] = gates;
  if (first === void 0 || distinct.size > 1)
    return [line(`gates differ between tasks (${distinct.size} kinds)`, "dim")];
  return [line(`gate of every task: ${first.tests}; ${first.review}`, "dim")];
}
function nameAgent(agent) {
  if (agent.kind === "command") return renderCommand(agent.command);
  return agent.model === null ? agent.name : `${agent.name} (${agent.model})`;
}

// src/entrypoints/cli/run-settings.ts
function readOverrides(options) {
  const said = {};
  if (options.agent !== void 0) said.agent = agentOf("--agent", options.agent);
  if (options.reviewer !== void 0 && !options.review)
    throw new CliError("usage", "--reviewer and --no-review contradict each other.", { next: "give one of them" });
  if (options.reviewer !== void 0) said.review = { reviewer: agentOf("--reviewer", options.reviewer) };
  if (!options.review) said.review = { reviewer: null };
  if (options.test !== void 0) said.test = options.test.map((text) => [...commandOf("--test", text)]);
  if (options.setup !== void 0) said.setup = options.setup.map((text) => [...commandOf("--setup", text)]);
  if (options.profile !== void 0) said.profile = options.profile;
  if (options.retries !== void 0) said.retries = options.retries;
  if (options.timeout !== void 0) said.timeoutMs = options.timeout;
  return said;
}
function agentOf(option, text) {
  const read = readAgentText(text);
  if (!read.ok) throw new CliError("usage", `${option} '${text}' cannot be used: ${read.because}.`);
  return read.value;
}
function commandOf(option, text) {
  const read = splitCommand(text);
  if (!read.ok) throw new CliError("usage", `${option} '${text}' cannot be used: ${read.because}.`);
  return read.value;
}

// node_modules/log-update/index.js
import process6 from "node:process";

// node_modules/ansi-escapes/base.js
var base_exports = {};
__export(base_exports, {
  ConEmu: () => ConEmu,
  beep: () => beep,
  beginSynchronizedOutput: () => beginSynchronizedOutput,
  clearScreen: () => clearScreen,
  clearTerminal: () => clearTerminal,
  clearViewport: () => clearViewport,
  cursorBackward: () => cursorBackward,
  cursorDown: () => cursorDown,
  cursorForward: () => cursorForward,
  cursorGetPosition: () => cursorGetPosition,
  cursorHide: () => cursorHide,
  cursorLeft: () => cursorLeft,
  cursorMove: () => cursorMove,
  cursorNextLine: () => cursorNextLine,
  cursorPrevLine: () => cursorPrevLine,
  cursorRestorePosition: () => cursorRestorePosition,
  cursorSavePosition: () => cursorSavePosition,
  cursorShow: () => cursorShow,
  cursorTo: () => cursorTo,
  cursorUp: () => cursorUp,
  endSynchronizedOutput: () => endSynchronizedOutput,
  enterAlternativeScreen: () => enterAlternativeScreen,
  eraseDown: () => eraseDown,
  eraseEndLine: () => eraseEndLine,
  eraseLine: () => eraseLine,
  eraseLines: () => eraseLines,
  eraseScreen: () => eraseScreen,
  eraseStartLine: () => eraseStartLine,
  eraseUp: () => eraseUp,
  exitAlternativeScreen: () => exitAlternativeScreen,
  iTerm: () => iTerm,
  image: () => image,
  link: () => link,
  scrollDown: () => scrollDown,
  scrollUp: () => scrollUp,
  setCwd: () => setCwd,
  synchronizedOutput: () => synchronizedOutput
});
import process3 from "node:process";
import os2 from "node:os";

// node_modules/environment/index.js
var isBrowser = globalThis.window?.document !== void 0;
var isNode = globalThis.process?.versions?.node !== void 0;
var isBun = globalThis.process?.versions?.bun !== void 0;
var isDeno = globalThis.Deno?.version?.deno !== void 0;
var isElectron = globalThis.process?.versions?.electron !== void 0;
var isJsDom = globalThis.navigator?.userAgent?.includes("jsdom") === true;
var isWebWorker = typeof WorkerGlobalScope !== "undefined" && globalThis instanceof WorkerGlobalScope;
var isDedicatedWorker = typeof DedicatedWorkerGlobalScope !== "undefined" && globalThis instanceof DedicatedWorkerGlobalScope;
var isSharedWorker = typeof SharedWorkerGlobalScope !== "undefined" && globalThis instanceof SharedWorkerGlobalScope;
var isServiceWorker = typeof ServiceWorkerGlobalScope !== "undefined" && globalThis instanceof ServiceWorkerGlobalScope;
var platform = globalThis.navigator?.userAgentData?.platform;
var isMacOs = platform === "macOS" || globalThis.navigator?.platform === "MacIntel" || globalThis.navigator?.userAgent?.includes(" Mac ") === true || globalThis.process?.platform === "darwin";
var isWindows = platform === "Windows" || globalThis.navigator?.platform === "Win32" || globalThis.process?.platform === "win32";
var isLinux = platform === "Linux" || globalThis.navigator?.platform?.startsWith("Linux") === true || globalThis.navigator?.userAgent?.includes(" Linux ") === true || globalThis.process?.platform === "linux";
var isIos = platform === "iOS" || globalThis.navigator?.platform === "MacIntel" && globalThis.navigator?.maxTouchPoints > 1 || /iPad|iPhone|iPod/.test(globalThis.navigator?.platform);
var isAndroid = platform === "Android" || globalThis.navigator?.platform === "Android" || globalThis.navigator?.userAgent?.includes(" Android ") === true || globalThis.process?.platform === "android";

// node_modules/ansi-escapes/base.js
var ESC = "\x1B[";
var OSC = "\x1B]";
var BEL = "\x07";
var SEP = ";";
var isTerminalApp = !isBrowser && process3.env.TERM_PROGRAM === "Apple_Terminal";
var isWindows2 = !isBrowser && process3.platform === "win32";
var isTmux = !isBrowser && (process3.env.TERM?.startsWith("screen") || process3.env.TERM?.startsWith("tmux") || process3.env.TMUX !== void 0);
var cwdFunction = isBrowser ? () => {
  throw new Error("`process.cwd()` only works in Node.js, not the browser.");
} : process3.cwd;
var wrapOsc = (sequence) => {
  if (isTmux) {
    return "\x1BPtmux;" + sequence.replaceAll("\x1B", "\x1B\x1B") + "\x1B\\";
  }
  return sequence;
};
var cursorTo = (x, y) => {
  if (typeof x !== "number") {
    throw new TypeError("The `x` argument is required");
  }
  if (typeof y !== "number") {
    return ESC + (x + 1) + "G";
  }
  return ESC + (y + 1) + SEP + (x + 1) + "H";
};
var cursorMove = (x, y) => {
  if (typeof x !== "number") {
    throw new TypeError("The `x` argument is required");
  }
  let returnValue = "";
  if (x < 0) {
    returnValue += ESC + -x + "D";
  } else if (x > 0) {
    returnValue += ESC + x + "C";
  }
  if (y < 0) {
    returnValue += ESC + -y + "A";
  } else if (y > 0) {
    returnValue += ESC + y + "B";
  }
  return returnValue;
};
var cursorUp = (count = 1) => ESC + count + "A";
var cursorDown = (count = 1) => ESC + count + "B";
var cursorForward = (count = 1) => ESC + count + "C";
var cursorBackward = (count = 1) => ESC + count + "D";
var cursorLeft = ESC + "G";
var cursorSavePosition = isTerminalApp ? "\x1B7" : ESC + "s";
var cursorRestorePosition = isTerminalApp ? "\x1B8" : ESC + "u";
var cursorGetPosition = ESC + "6n";
var cursorNextLine = ESC + "E";
var cursorPrevLine = ESC + "F";
var cursorHide = ESC + "?25l";
var cursorShow = ESC + "?25h";
var eraseLines = (count) => {
  let clear = "";
  for (let i = 0; i < count; i++) {
    clear += eraseLine + (i < count - 1 ? cursorUp() : "");
  }
  if (count) {
    clear += cursorLeft;
  }
  return clear;
};
var eraseEndLine = ESC + "K";
var eraseStartLine = ESC + "1K";
var eraseLine = ESC + "2K";
var eraseDown = ESC + "J";
var eraseUp = ESC + "1J";
var eraseScreen = ESC + "2J";
var scrollUp = ESC + "S";
var scrollDown = ESC + "T";
var clearScreen = "\x1Bc";
var clearViewport = `${eraseScreen}${ESC}H`;
var isOldWindows = () => {
  if (isBrowser || !isWindows2) {
    return false;
  }
  const parts = os2.release().split(".");
  const major = Number(parts[0]);
  const build = Number(parts[2] ?? 0);
  if (major < 10) {
    return true;
  }
  if (major === 10 && build < 10586) {
    return true;
  }
  return false;
};
var clearTerminal = isOldWindows() ? `${eraseScreen}${ESC}0f` : `${eraseScreen}${ESC}3J${ESC}H`;
var enterAlternativeScreen = ESC + "?1049h";
var exitAlternativeScreen = ESC + "?1049l";
var beginSynchronizedOutput = ESC + "?2026h";
var endSynchronizedOutput = ESC + "?2026l";
var synchronizedOutput = (text) => beginSynchronizedOutput + text + endSynchronizedOutput;
var beep = BEL;
var link = (text, url) => {
  const openLink = wrapOsc(`${OSC}8${SEP}${SEP}${url}${BEL}`);
  const closeLink = wrapOsc(`${OSC}8${SEP}${SEP}${BEL}`);
  return openLink + text + closeLink;
};
var image = (data, options = {}) => {
  let returnValue = `${OSC}1337;File=inline=1`;
  if (options.width) {
    returnValue += `;width=${options.width}`;
  }
  if (options.height) {
    returnValue += `;height=${options.height}`;
  }
  if (options.preserveAspectRatio === false) {
    returnValue += ";preserveAspectRatio=0";
  }
  const imageBuffer = Buffer.from(data);
  return wrapOsc(returnValue + `;size=${imageBuffer.byteLength}:` + imageBuffer.toString("base64") + BEL);
};
var iTerm = {
  setCwd: (cwd = cwdFunction()) => wrapOsc(`${OSC}50;CurrentDir=${cwd}${BEL}`),
  annotation(message, options = {}) {
    let returnValue = `${OSC}1337;`;
    const hasX = options.x !== void 0;
    const hasY = options.y !== void 0;
    if ((hasX || hasY) && !(hasX && hasY && options.length !== void 0)) {
      throw new Error("`x`, `y` and `length` must be defined when `x` or `y` is defined");
    }
    message = message.replaceAll("|", "");
    returnValue += options.isHidden ? "AddHiddenAnnotation=" : "AddAnnotation=";
    if (options.length > 0) {
      returnValue += (hasX ? [message, options.length, options.x, options.y] : [options.length, message]).join("|");
    } else {
      returnValue += message;
    }
    return wrapOsc(returnValue + BEL);
  }
};
var ConEmu = {
  setCwd: (cwd = cwdFunction()) => wrapOsc(`${OSC}9;9;${cwd}${BEL}`)
};
var setCwd = (cwd = cwdFunction()) => iTerm.setCwd(cwd) + ConEmu.setCwd(cwd);

// node_modules/cli-cursor/index.js
import process5 from "node:process";

// node_modules/restore-cursor/index.js
import process4 from "node:process";

// node_modules/mimic-function/index.js
var copyProperty = (to, from, property, ignoreNonConfigurable) => {
  if (property === "length" || property === "prototype") {
    return;
  }
  if (property === "arguments" || property === "caller") {
    return;
  }
  const toDescriptor = Object.getOwnPropertyDescriptor(to, property);
  const fromDescriptor = Object.getOwnPropertyDescriptor(from, property);
  if (!canCopyProperty(toDescriptor, fromDescriptor) && ignoreNonConfigurable) {
    return;
  }
  Object.defineProperty(to, property, fromDescriptor);
};
var canCopyProperty = function(toDescriptor, fromDescriptor) {
  return toDescriptor === void 0 || toDescriptor.configurable || toDescriptor.writable === fromDescriptor.writable && toDescriptor.enumerable === fromDescriptor.enumerable && toDescriptor.configurable === fromDescriptor.configurable && (toDescriptor.writable || toDescriptor.value === fromDescriptor.value);
};
var changePrototype = (to, from) => {
  const fromPrototype = Object.getPrototypeOf(from);
  if (fromPrototype === Object.getPrototypeOf(to)) {
    return;
  }
  Object.setPrototypeOf(to, fromPrototype);
};
var wrappedToString = (withName, fromBody) => `/* Wrapped ${withName}*/
${fromBody}`;
var toStringDescriptor = Object.getOwnPropertyDescriptor(Function.prototype, "toString");
var toStringName = Object.getOwnPropertyDescriptor(Function.prototype.toString, "name");
var changeToString = (to, from, name) => {
  const withName = name === "" ? "" : `with ${name.trim()}() `;
  const newToString = wrappedToString.bind(null, withName, from.toString());
  Object.defineProperty(newToString, "name", toStringName);
  const { writable, enumerable, configurable } = toStringDescriptor;
  Object.defineProperty(to, "toString", { value: newToString, writable, enumerable, configurable });
};
function mimicFunction(to, from, { ignoreNonConfigurable = false } = {}) {
  const { name } = to;
  for (const property of Reflect.ownKeys(from)) {
    copyProperty(to, from, property, ignoreNonConfigurable);
  }
  changePrototype(to, from);
  changeToString(to, from, name);
  return to;
}

// node_modules/onetime/index.js
var calledFunctions = /* @__PURE__ */ new WeakMap();
var onetime = (function_, options = {}) => {
  if (typeof function_ !== "function") {
    throw new TypeError("Expected a function");
  }
  let returnValue;
  let callCount = 0;
  const functionName = function_.displayName || function_.name || "<anonymous>";
  const onetime2 = function(...arguments_) {
    calledFunctions.set(onetime2, ++callCount);
    if (callCount === 1) {
      returnValue = function_.apply(this, arguments_);
      function_ = void 0;
    } else if (options.throw === true) {
      throw new Error(`Function \`${functionName}\` can only be called once`);
    }
    return returnValue;
  };
  mimicFunction(onetime2, function_);
  calledFunctions.set(onetime2, callCount);
  return onetime2;
};
onetime.callCount = (function_) => {
  if (!calledFunctions.has(function_)) {
    throw new Error(`The given function \`${function_.name}\` is not wrapped by the \`onetime\` package`);
  }
  return calledFunctions.get(function_);
};
var onetime_default = onetime;

// node_modules/restore-cursor/index.js
var terminal = process4.stderr.isTTY ? process4.stderr : process4.stdout.isTTY ? process4.stdout : void 0;
var restoreCursor = terminal ? onetime_default(() => {
  onExit(() => {
    terminal.write("\x1B[?25h");
  }, { alwaysLast: true });
}) : () => {
};
var restore_cursor_default = restoreCursor;

// node_modules/cli-cursor/index.js
var isHidden = false;
var cliCursor = {};
cliCursor.show = (writableStream = process5.stderr) => {
  if (!writableStream.isTTY) {
    return;
  }
  isHidden = false;
  writableStream.write("\x1B[?25h");
};
cliCursor.hide = (writableStream = process5.stderr) => {
  if (!writableStream.isTTY) {
    return;
  }
  restore_cursor_default();
  isHidden = true;
  writableStream.write("\x1B[?25l");
};
cliCursor.toggle = (force, writableStream) => {
  if (force !== void 0) {
    isHidden = force;
  }
  if (isHidden) {
    cliCursor.show(writableStream);
  } else {
    cliCursor.hide(writableStream);
  }
};
var cli_cursor_default = cliCursor;

// node_modules/ansi-regex/index.js
var ST = String.raw`(?:\u001B\u005C|\u009C)`;
var stringControls = String.raw`\u0018\u001A\u001B\u0080-\u009F`;
var osc = String.raw`(?:\u001B\]|\u009D)[^\u0007${stringControls}]*(?:\u0007|${ST})`;
var controlString = String.raw`(?:\u001B[PX^_k]|[\u0090\u0098\u009E\u009F])[^${stringControls}]*${ST}`;
var linuxPalette = String.raw`\u001B\](?:P[\dA-Fa-f]{7}|R)(?:\u0007|${ST})?`;
var csi = String.raw`(?:\u001B\[|\u009B)[\u0030-\u003F]*[\u0020-\u002F]*[\u0040-\u007E]`;
var escape = String.raw`\u001B(?:[\u0020-\u002F]+[\u0030-\u007E]|[\dA-PR-TZcf-oq-uy=><~|}])`;
var pattern = `${linuxPalette}|${osc}|${controlString}|${csi}|${escape}`;
function ansiRegex({ onlyFirst = false } = {}) {
  return new RegExp(pattern, onlyFirst ? void 0 : "g");
}

// node_modules/strip-ansi/index.js
var regex = ansiRegex();
function stripAnsi(string) {
  if (typeof string !== "string") {
    throw new TypeError(`Expected a \`string\`, got \`${typeof string}\``);
  }
  if (!string.includes("\x1B") && !string.includes("")) {
    return string;
  }
  return string.replace(regex, "");
}

// node_modules/get-east-asian-width/lookup-data.js
var ambiguousMinimalCodePoint = 161;
var ambiguousMaximumCodePoint = 1114109;
var ambiguousRanges = [161, 161, 164, 164, 167, 168, 170, 170, 173, 174, 176, 180, 182, 186, 188, 191, 198, 198, 208, 208, 215, 216, 222, 225, 230, 230, 232, 234, 236, 237, 240, 240, 242, 243, 247, 250, 252, 252, 254, 254, 257, 257, 273, 273, 275, 275, 283, 283, 294, 295, 299, 299, 305, 307, 312, 312, 319, 322, 324, 324, 328, 331, 333, 333, 338, 339, 358, 359, 363, 363, 462, 462, 464, 464, 466, 466, 468, 468, 470, 470, 472, 472, 474, 474, 476, 476, 593, 593, 609, 609, 708, 708, 711, 711, 713, 715, 717, 717, 720, 720, 728, 731, 733, 733, 735, 735, 768, 879, 913, 929, 931, 937, 945, 961, 963, 969, 1025, 1025, 1040, 1103, 1105, 1105, 8208, 8208, 8211, 8214, 8216, 8217, 8220, 8221, 8224, 8226, 8228, 8231, 8240, 8240, 8242, 8243, 8245, 8245, 8251, 8251, 8254, 8254, 8308, 8308, 8319, 8319, 8321, 8324, 8364, 8364, 8451, 8451, 8453, 8453, 8457, 8457, 8467, 8467, 8470, 8470, 8481, 8482, 8486, 8486, 8491, 8491, 8531, 8532, 8539, 8542, 8544, 8555, 8560, 8569, 8585, 8585, 8592, 8601, 8632, 8633, 8658, 8658, 8660, 8660, 8679, 8679, 8704, 8704, 8706, 8707, 8711, 8712, 8715, 8715, 8719, 8719, 8721, 8721, 8725, 8725, 8730, 8730, 8733, 8736, 8739, 8739, 8741, 8741, 8743, 8748, 8750, 8750, 8756, 8759, 8764, 8765, 8776, 8776, 8780, 8780, 8786, 8786, 8800, 8801, 8804, 8807, 8810, 8811, 8814, 8815, 8834, 8835, 8838, 8839, 8853, 8853, 8857, 8857, 8869, 8869, 8895, 8895, 8978, 8978, 9312, 9449, 9451, 9547, 9552, 9587, 9600, 9615, 9618, 9621, 9632, 9633, 9635, 9641, 9650, 9651, 9654, 9655, 9660, 9661, 9664, 9665, 9670, 9672, 9675, 9675, 9678, 9681, 9698, 9701, 9711, 9711, 9733, 9734, 9737, 9737, 9742, 9743, 9756, 9756, 9758, 9758, 9792, 9792, 9794, 9794, 9824, 9825, 9827, 9829, 9831, 9834, 9836, 9837, 9839, 9839, 9886, 9887, 9919, 9919, 9926, 9933, 9935, 9939, 9941, 9953, 9955, 9955, 9960, 9961, 9963, 9969, 9972, 9972, 9974, 9977, 9979, 9980, 9982, 9983, 10045, 10045, 10102, 10111, 11094, 11097, 12872, 12879, 57344, 63743, 65024, 65039, 65533, 65533, 127232, 127242, 127248, 127277, 127280, 127337, 127344, 127373, 127375, 127376, 127387, 127404, 917760, 917999, 983040, 1048573, 1048576, 1114109];
var fullwidthMinimalCodePoint = 12288;
var fullwidthMaximumCodePoint = 65510;
var fullwidthRanges = [12288, 12288, 65281, 65376, 65504, 65510];
var wideMinimalCodePoint = 4352;
var wideMaximumCodePoint = 262141;
var wideRanges = [4352, 4447, 8986, 8987, 9001, 9002, 9193, 9196, 9200, 9200, 9203, 9203, 9725, 9726, 9748, 9749, 9776, 9783, 9800, 9811, 9855, 9855, 9866, 9871, 9875, 9875, 9889, 9889, 9898, 9899, 9917, 9918, 9924, 9925, 9934, 9934, 9940, 9940, 9962, 9962, 9970, 9971, 9973, 9973, 9978, 9978, 9981, 9981, 9989, 9989, 9994, 9995, 10024, 10024, 10060, 10060, 10062, 10062, 10067, 10069, 10071, 10071, 10133, 10135, 10160, 10160, 10175, 10175, 11035, 11036, 11088, 11088, 11093, 11093, 11904, 11929, 11931, 12019, 12032, 12245, 12272, 12287, 12289, 12350, 12353, 12438, 12441, 12543, 12549, 12591, 12593, 12686, 12688, 12773, 12783, 12830, 12832, 12871, 12880, 42124, 42128, 42182, 43360, 43388, 44032, 55203, 63744, 64255, 65040, 65049, 65072, 65106, 65108, 65126, 65128, 65131, 94176, 94180, 94192, 94198, 94208, 101594, 101631, 101664, 101760, 101874, 101888, 102801, 102816, 102866, 110576, 110579, 110581, 110587, 110589, 110590, 110592, 110888, 110898, 110898, 110928, 110930, 110933, 110933, 110948, 110952, 110960, 111355, 119552, 119638, 119648, 119670, 126980, 126980, 127183, 127183, 127374, 127374, 127377, 127386, 127406, 127406, 127488, 127490, 127504, 127547, 127552, 127560, 127568, 127569, 127584, 127589, 127744, 127776, 127789, 127797, 127799, 127868, 127870, 127891, 127904, 127946, 127951, 127955, 127968, 127984, 127988, 127988, 127992, 128062, 128064, 128064, 128066, 128252, 128255, 128317, 128331, 128334, 128336, 128359, 128378, 128378, 128405, 128406, 128420, 128420, 128507, 128591, 128640, 128709, 128716, 128716, 128720, 128722, 128725, 128729, 128732, 128735, 128747, 128748, 128756, 128764, 128986, 128986, 128992, 129003, 129008, 129008, 129292, 129338, 129340, 129349, 129351, 129535, 129648, 129660, 129664, 129734, 129736, 129736, 129740, 129757, 129759, 129771, 129775, 129786, 131072, 196605, 196608, 262141];

// node_modules/get-east-asian-width/utilities.js
var isInRange = (ranges, codePoint) => {
  let low = 0;
  let high = Math.floor(ranges.length / 2) - 1;
  while (low <= high) {
    const mid = Math.floor((low + high) / 2);
    const i = mid * 2;
    if (codePoint < ranges[i]) {
      high = mid - 1;
    } else if (codePoint > ranges[i + 1]) {
      low = mid + 1;
    } else {
      return true;
    }
  }
  return false;
};

// node_modules/get-east-asian-width/lookup.js
var commonCjkCodePoint = 19968;
var [wideFastPathStart, wideFastPathEnd] = /* @__PURE__ */ findWideFastPathRange(wideRanges);
function findWideFastPathRange(ranges) {
  let fastPathStart = ranges[0];
  let fastPathEnd = ranges[1];
  for (let index = 0; index < ranges.length; index += 2) {
    const start = ranges[index];
    const end = ranges[index + 1];
    if (commonCjkCodePoint >= start && commonCjkCodePoint <= end) {
      return [start, end];
    }
    if (end - start > fastPathEnd - fastPathStart) {
      fastPathStart = start;
      fastPathEnd = end;
    }
  }
  return [fastPathStart, fastPathEnd];
}
var isAmbiguous = (codePoint) => {
  if (codePoint < ambiguousMinimalCodePoint || codePoint > ambiguousMaximumCodePoint) {
    return false;
  }
  return isInRange(ambiguousRanges, codePoint);
};
var isFullwidth = (codePoint) => {
  if (codePoint < fullwidthMinimalCodePoint || codePoint > fullwidthMaximumCodePoint) {
    return false;
  }
  return isInRange(fullwidthRanges, codePoint);
};
var isWide = (codePoint) => {
  if (codePoint >= wideFastPathStart && codePoint <= wideFastPathEnd) {
    return true;
  }
  if (codePoint < wideMinimalCodePoint || codePoint > wideMaximumCodePoint) {
    return false;
  }
  return isInRange(wideRanges, codePoint);
};

// node_modules/get-east-asian-width/index.js
function validate(codePoint) {
  if (!Number.isSafeInteger(codePoint)) {
    throw new TypeError(`Expected a code point, got \`${typeof codePoint}\`.`);
  }
}
function eastAsianWidth(codePoint, { ambiguousAsWide = false } = {}) {
  validate(codePoint);
  if (isFullwidth(codePoint) || isWide(codePoint) || ambiguousAsWide && isAmbiguous(codePoint)) {
    return 2;
  }
  return 1;
}

// node_modules/string-width/index.js
var segmenter = new Intl.Segmenter();
var visibleCharacterRegex = new RegExp("[^\\p{Default_Ignorable_Code_Point}\\p{Control}\\p{Format}\\p{Nonspacing_Mark}\\p{Enclosing_Mark}\\p{Surrogate}]", "v");
var spacingMarkRegex = new RegExp("\\p{Spacing_Mark}", "v");
var rgiEmojiRegex = new RegExp("^\\p{RGI_Emoji}$", "v");
var unqualifiedKeycapRegex = /^[\d#*]\u20E3$/;
var extendedPictographicRegex = new RegExp("\\p{Extended_Pictographic}", "gu");
function isDoubleWidthNonRgiEmojiSequence(segment) {
  if (segment.length > 50) {
    return false;
  }
  if (unqualifiedKeycapRegex.test(segment)) {
    return true;
  }
  if (segment.includes("‍")) {
    const pictographics = segment.match(extendedPictographicRegex);
    return pictographics !== null && pictographics.length >= 2;
  }
  return false;
}
function baseVisible(segment) {
  const index = segment.search(visibleCharacterRegex);
  return index === -1 ? void 0 : segment.slice(index);
}
function isHangulLeadingJamo(codePoint) {
  return codePoint >= 4352 && codePoint <= 4447 || codePoint >= 43360 && codePoint <= 43388;
}
function isHangulVowelJamo(codePoint) {
  return codePoint >= 4448 && codePoint <= 4519 || codePoint >= 55216 && codePoint <= 55238;
}
function isHangulTrailingJamo(codePoint) {
  return codePoint >= 4520 && codePoint <= 4607 || codePoint >= 55243 && codePoint <= 55291;
}
function isHangulJamo(codePoint) {
  return isHangulLeadingJamo(codePoint) || isHangulVowelJamo(codePoint) || isHangulTrailingJamo(codePoint);
}
function hangulClusterWidth(visibleSegment, eastAsianWidthOptions) {
  const codePoints = [];
  for (const character of visibleSegment) {
    if (!visibleCharacterRegex.test(character)) {
      continue;
    }
    codePoints.push(character.codePointAt(0));
  }
  if (codePoints.length === 0) {
    return void 0;
  }
  let width = 0;
  for (let index = 0; index < codePoints.length; index++) {
    const codePoint = codePoints[index];
    if (!isHangulJamo(codePoint)) {
      if (width === 0) {
        return void 0;
      }
      for (let remaining = index; remaining < codePoints.length; remaining++) {
        width += eastAsianWidth(codePoints[remaining], eastAsianWidthOptions);
      }
      return width;
    }
    if (isHangulLeadingJamo(codePoint) && isHangulVowelJamo(codePoints[index + 1])) {
      width += 2;
      index += isHangulTrailingJamo(codePoints[index + 2]) ? 2 : 1;
      continue;
    }
    width += eastAsianWidth(codePoint, eastAsianWidthOptions);
  }
  return width;
}
function trailingWidth(visibleSegment, eastAsianWidthOptions) {
  let extra = 0;
  let first = true;
  for (const character of visibleSegment) {
    if (first) {
      first = false;
      continue;
    }
    if (spacingMarkRegex.test(character) || character >= "＀" && character <= "￯") {
      extra += eastAsianWidth(character.codePointAt(0), eastAsianWidthOptions);
    }
  }
  return extra;
}
function stringWidth(input, options = {}) {
  if (typeof input !== "string" || input.length === 0) {
    return 0;
  }
  const {
    ambiguousIsNarrow = true,
    countAnsiEscapeCodes = false
  } = options;
  let string = input;
  if (!countAnsiEscapeCodes && (string.includes("\x1B") || string.includes(""))) {
    string = stripAnsi(string);
  }
  if (string.length === 0) {
    return 0;
  }
  if (/^[\u0020-\u007E]*$/.test(string)) {
    return string.length;
  }
  let width = 0;
  const eastAsianWidthOptions = { ambiguousAsWide: !ambiguousIsNarrow };
  for (const { segment } of segmenter.segment(string)) {
    const visibleSegment = baseVisible(segment);
    if (visibleSegment === void 0) {
      continue;
    }
    if (rgiEmojiRegex.test(segment) || isDoubleWidthNonRgiEmojiSequence(segment)) {
      width += 2;
      continue;
    }
    const hangulWidth = hangulClusterWidth(visibleSegment, eastAsianWidthOptions);
    if (hangulWidth !== void 0) {
      width += hangulWidth;
      continue;
    }
    const codePoint = visibleSegment.codePointAt(0);
    width += eastAsianWidth(codePoint, eastAsianWidthOptions);
    width += trailingWidth(visibleSegment, eastAsianWidthOptions);
  }
  return width;
}

// node_modules/ansi-styles/index.js
var ANSI_BACKGROUND_OFFSET = 10;
var wrapAnsi16 = (offset = 0) => (code) => `\x1B[${code + offset}m`;
var wrapAnsi256 = (offset = 0) => (code) => `\x1B[${38 + offset};5;${code}m`;
var wrapAnsi16m = (offset = 0) => (red, green, blue) => `\x1B[${38 + offset};2;${red};${green};${blue}m`;
var styles = {
  modifier: {
    reset: [0, 0],
    // 21 isn't widely supported and 22 does the same thing
    bold: [1, 22],
    dim: [2, 22],
    italic: [3, 23],
    underline: [4, 24],
    overline: [53, 55],
    inverse: [7, 27],
    hidden: [8, 28],
    strikethrough: [9, 29]
  },
  color: {
    black: [30, 39],
    red: [31, 39],
    green: [32, 39],
    yellow: [33, 39],
    blue: [34, 39],
    magenta: [35, 39],
    cyan: [36, 39],
    white: [37, 39],
    // Bright color
    blackBright: [90, 39],
    gray: [90, 39],
    // Alias of `blackBright`
    grey: [90, 39],
    // Alias of `blackBright`
    redBright: [91, 39],
    greenBright: [92, 39],
    yellowBright: [93, 39],
    blueBright: [94, 39],
    magentaBright: [95, 39],
    cyanBright: [96, 39],
    whiteBright: [97, 39]
  },
  bgColor: {
    bgBlack: [40, 49],
    bgRed: [41, 49],
    bgGreen: [42, 49],
    bgYellow: [43, 49],
    bgBlue: [44, 49],
    bgMagenta: [45, 49],
    bgCyan: [46, 49],
    bgWhite: [47, 49],
    // Bright color
    bgBlackBright: [100, 49],
    bgGray: [100, 49],
    // Alias of `bgBlackBright`
    bgGrey: [100, 49],
    // Alias of `bgBlackBright`
    bgRedBright: [101, 49],
    bgGreenBright: [102, 49],
    bgYellowBright: [103, 49],
    bgBlueBright: [104, 49],
    bgMagentaBright: [105, 49],
    bgCyanBright: [106, 49],
    bgWhiteBright: [107, 49]
  }
};
var modifierNames = Object.keys(styles.modifier);
var foregroundColorNames = Object.keys(styles.color);
var backgroundColorNames = Object.keys(styles.bgColor);
var colorNames = [...foregroundColorNames, ...backgroundColorNames];
function assembleStyles() {
  const codes = /* @__PURE__ */ new Map();
  for (const [groupName, group] of Object.entries(styles)) {
    for (const [styleName, style] of Object.entries(group)) {
      styles[styleName] = {
        open: `\x1B[${style[0]}m`,
        close: `\x1B[${style[1]}m`
      };
      group[styleName] = styles[styleName];
      codes.set(style[0], style[1]);
    }
    Object.defineProperty(styles, groupName, {
      value: group,
      enumerable: false
    });
  }
  Object.defineProperty(styles, "codes", {
    value: codes,
    enumerable: false
  });
  styles.color.close = "\x1B[39m";
  styles.bgColor.close = "\x1B[49m";
  styles.color.ansi = wrapAnsi16();
  styles.color.ansi256 = wrapAnsi256();
  styles.color.ansi16m = wrapAnsi16m();
  styles.bgColor.ansi = wrapAnsi16(ANSI_BACKGROUND_OFFSET);
  styles.bgColor.ansi256 = wrapAnsi256(ANSI_BACKGROUND_OFFSET);
  styles.bgColor.ansi16m = wrapAnsi16m(ANSI_BACKGROUND_OFFSET);
  Object.defineProperties(styles, {
    rgbToAnsi256: {
      value(red, green, blue) {
        if (red === green && green === blue) {
          if (red < 8) {
            return 16;
          }
          if (red > 248) {
            return 231;
          }
          return Math.round((red - 8) / 247 * 24) + 232;
        }
        return 16 + 36 * Math.round(red / 255 * 5) + 6 * Math.round(green / 255 * 5) + Math.round(blue / 255 * 5);
      },
      enumerable: false
    },
    hexToRgb: {
      value(hex) {
        const matches = /[a-f\d]{6}|[a-f\d]{3}/i.exec(hex.toString(16));
        if (!matches) {
          return [0, 0, 0];
        }
        let [colorString] = matches;
        if (colorString.length === 3) {
          colorString = [...colorString].map((character) => character + character).join("");
        }
        const integer = Number.parseInt(colorString, 16);
        return [
          /* eslint-disable no-bitwise */
          integer >> 16 & 255,
          integer >> 8 & 255,
          integer & 255
          /* eslint-enable no-bitwise */
        ];
      },
      enumerable: false
    },
    hexToAnsi256: {
      value: (hex) => styles.rgbToAnsi256(...styles.hexToRgb(hex)),
      enumerable: false
    },
    ansi256ToAnsi: {
      value(code) {
        if (code < 8) {
          return 30 + code;
        }
        if (code < 16) {
          return 90 + (code - 8);
        }
        let red;
        let green;
        let blue;
        if (code >= 232) {
          red = ((code - 232) * 10 + 8) / 255;
          green = red;
          blue = red;
        } else {
          code -= 16;
          const remainder = code % 36;
          red = Math.floor(code / 36) / 5;
          green = Math.floor(remainder / 6) / 5;
          blue = remainder % 6 / 5;
        }
        const value = Math.max(red, green, blue) * 2;
        if (value === 0) {
          return 30;
        }
        let result = 30 + (Math.round(blue) << 2 | Math.round(green) << 1 | Math.round(red));
        if (value === 2) {
          result += 60;
        }
        return result;
      },
      enumerable: false
    },
    rgbToAnsi: {
      value: (red, green, blue) => styles.ansi256ToAnsi(styles.rgbToAnsi256(red, green, blue)),
      enumerable: false
    },
    hexToAnsi: {
      value: (hex) => styles.ansi256ToAnsi(styles.hexToAnsi256(hex)),
      enumerable: false
    }
  });
  return styles;
}
var ansiStyles = assembleStyles();
var ansi_styles_default = ansiStyles;

// node_modules/wrap-ansi/index.js
var ANSI_ESCAPE = "\x1B";
var ANSI_ESCAPE_BELL = "\x07";
var C1_CSI = "";
var ANSI_CSI = "[";
var ANSI_OSC = "]";
var ANSI_SGR_TERMINATOR = "m";
var ANSI_SGR_RESET = 0;
var ANSI_SGR_RESET_FOREGROUND = 39;
var ANSI_SGR_RESET_BACKGROUND = 49;
var ANSI_SGR_RESET_UNDERLINE_COLOR = 59;
var ANSI_SGR_FOREGROUND_EXTENDED = 38;
var ANSI_SGR_BACKGROUND_EXTENDED = 48;
var ANSI_SGR_UNDERLINE_COLOR_EXTENDED = 58;
var ANSI_SGR_COLOR_MODE_RGB = 2;
var ANSI_SGR_COLOR_MODE_256 = 5;
var ANSI_ESCAPE_LINK = `${ANSI_OSC}8;`;
var ESCAPES = /* @__PURE__ */ new Set([
  ANSI_ESCAPE,
  C1_CSI
]);
var ESCAPE_CHARACTERS = [...ESCAPES].join("");
var CSI_INTRODUCER = `(?:${ANSI_ESCAPE}\\${ANSI_CSI}|${C1_CSI})`;
var CSI_PARAMETERS = "[0-?]*[ -/]*[@-~]";
var SGR_PARAMETERS = `(?<sgr>[0-9;:]*)${ANSI_SGR_TERMINATOR}`;
var OSC_STRING_TERMINATOR = `(?:${ANSI_ESCAPE_BELL}|${ANSI_ESCAPE}\\\\)`;
var OSC_STRING_PAYLOAD = String.raw`[^\u0000-\u001F\u007F-\u009F]*`;
var LINK_PARAMETERS = String.raw`8;(?<parameters>[^;\u0000-\u001F\u007F-\u009F]*);(?<uri>${OSC_STRING_PAYLOAD})${OSC_STRING_TERMINATOR}`;
var OSC_STRING = `${OSC_STRING_PAYLOAD}${OSC_STRING_TERMINATOR}`;
var ANSI_ESCAPE_REGEX = new RegExp(
  `${CSI_INTRODUCER}(?:${SGR_PARAMETERS}|${CSI_PARAMETERS})|${ANSI_ESCAPE}\\${ANSI_OSC}(?:${LINK_PARAMETERS}|${OSC_STRING})`,
  "y"
);
var ANSI_SGR_MODIFIER_CLOSE_CODES = new Set(ansi_styles_default.codes.values());
ANSI_SGR_MODIFIER_CLOSE_CODES.delete(ANSI_SGR_RESET);
var segmenter2 = new Intl.Segmenter();
var getStringWidth = (string) => stringWidth(string, { countAnsiEscapeCodes: true });
var TAB_SIZE = 8;
var ESCAPE_INTRODUCER_REGEX = new RegExp(`[${ESCAPE_CHARACTERS}]`, "g");
var ROW_BOUNDARY_REGEX = new RegExp(`[\\n${ESCAPE_CHARACTERS}]`, "g");
var ASCII_PRINTABLE_REGEX = /^[ -~]*$/;
var wrapAnsiCode = (code) => `${ANSI_ESCAPE}${ANSI_CSI}${code}${ANSI_SGR_TERMINATOR}`;
var wrapAnsiHyperlink = (url, parameters = "") => `${ANSI_ESCAPE}${ANSI_ESCAPE_LINK}${parameters};${url}${ANSI_ESCAPE_BELL}`;
var matchAnsiEscape = (string, index) => {
  if (!ESCAPES.has(string[index])) {
    return;
  }
  ANSI_ESCAPE_REGEX.lastIndex = index;
  return ANSI_ESCAPE_REGEX.exec(string) ?? void 0;
};
var forEachSegment = (string, onPlainText, onEscape = () => {
}) => {
  let plainStart = 0;
  let index = 0;
  while (index < string.length) {
    ESCAPE_INTRODUCER_REGEX.lastIndex = index;
    const introducer = ESCAPE_INTRODUCER_REGEX.exec(string);
    if (!introducer) {
      break;
    }
    const escape2 = matchAnsiEscape(string, introducer.index);
    if (!escape2) {
      index = introducer.index + 1;
      continue;
    }
    if (introducer.index > plainStart) {
      onPlainText(string.slice(plainStart, introducer.index));
    }
    onEscape(escape2[0]);
    index = introducer.index + escape2[0].length;
    plainStart = index;
  }
  if (plainStart < string.length) {
    onPlainText(string.slice(plainStart));
  }
};
var getWidth = (string) => {
  let plainText = "";
  forEachSegment(string, (part) => {
    plainText += part;
  });
  return getStringWidth(plainText);
};
var getTokens = (string) => {
  const tokens = [];
  forEachSegment(string, (plainText) => {
    if (ASCII_PRINTABLE_REGEX.test(plainText)) {
      for (const character of plainText) {
        tokens.push({ value: character, width: 1 });
      }
      return;
    }
    for (const { segment } of segmenter2.segment(plainText)) {
      tokens.push({ value: segment, width: getStringWidth(segment) });
    }
  }, (escape2) => {
    tokens.push({ value: escape2, width: 0 });
  });
  return tokens;
};
var splitWords = (string) => {
  let currentWord = { value: "", plainText: "" };
  const words = [currentWord];
  forEachSegment(string, (plainText) => {
    const parts = plainText.split(" ");
    currentWord.value += parts[0];
    currentWord.plainText += parts[0];
    for (let index = 1; index < parts.length; index++) {
      currentWord = { value: parts[index], plainText: parts[index] };
      words.push(currentWord);
    }
  }, (escape2) => {
    currentWord.value += escape2;
  });
  for (const word2 of words) {
    word2.width = getStringWidth(word2.plainText);
  }
  return words;
};
var getColonColorToken = (parameter) => {
  const parts = parameter.split(":");
  const code = Number.parseInt(parts[0], 10);
  const mode = Number.parseInt(parts[1], 10);
  if (![ANSI_SGR_FOREGROUND_EXTENDED, ANSI_SGR_BACKGROUND_EXTENDED, ANSI_SGR_UNDERLINE_COLOR_EXTENDED].includes(code)) {
    return;
  }
  if (mode === ANSI_SGR_COLOR_MODE_256 && parts.length === 3 && /^\d+$/.test(parts[2])) {
    return { code, open: parameter, hasArguments: true };
  }
  if (mode !== ANSI_SGR_COLOR_MODE_RGB) {
    return;
  }
  const components = parts.length === 6 ? parts.slice(3) : parts.slice(2);
  const colorSpace = parts.length === 6 ? parts[2] : void 0;
  if (components.length === 3 && components.every((component) => /^\d+$/.test(component)) && (colorSpace === void 0 || /^\d*$/.test(colorSpace))) {
    return { code, open: parameter, hasArguments: true };
  }
};
var getSgrTokens = (sgrParameters) => {
  const parameters = sgrParameters.split(";");
  const sgrTokens = [];
  for (let index = 0; index < parameters.length; index++) {
    const parameter = parameters[index];
    if (parameter.includes(":")) {
      const colonColorToken = getColonColorToken(parameter);
      if (colonColorToken) {
        sgrTokens.push(colonColorToken);
      }
      continue;
    }
    const code = parameter === "" ? ANSI_SGR_RESET : Number.parseInt(parameter, 10);
    if (!Number.isFinite(code)) {
      continue;
    }
    if (code === ANSI_SGR_FOREGROUND_EXTENDED || code === ANSI_SGR_BACKGROUND_EXTENDED || code === ANSI_SGR_UNDERLINE_COLOR_EXTENDED) {
      if (index + 1 >= parameters.length) {
        break;
      }
      const mode = Number.parseInt(parameters[index + 1], 10);
      const colorIndex = Number.parseInt(parameters[index + 2], 10);
      if (mode === ANSI_SGR_COLOR_MODE_256 && Number.isFinite(colorIndex)) {
        sgrTokens.push({ code, open: [code, mode, colorIndex].join(";"), hasArguments: true });
        index += 2;
        continue;
      }
      const red = Number.parseInt(parameters[index + 2], 10);
      const green = Number.parseInt(parameters[index + 3], 10);
      const blue = Number.parseInt(parameters[index + 4], 10);
      if (mode === ANSI_SGR_COLOR_MODE_RGB && Number.isFinite(red) && Number.isFinite(green) && Number.isFinite(blue)) {
        sgrTokens.push({ code, open: [code, mode, red, green, blue].join(";"), hasArguments: true });
        index += 4;
        continue;
      }
      break;
    }
    sgrTokens.push({ code, open: String(code), hasArguments: false });
  }
  return sgrTokens;
};
var removeActiveStyle = (activeStyles, family) => {
  const activeStyleIndex = activeStyles.findIndex((activeStyle) => activeStyle.family === family);
  if (activeStyleIndex !== -1) {
    activeStyles.splice(activeStyleIndex, 1);
  }
};
var upsertActiveStyle = (activeStyles, nextActiveStyle) => {
  removeActiveStyle(activeStyles, nextActiveStyle.family);
  activeStyles.push(nextActiveStyle);
};
var removeModifierStylesByClose = (activeStyles, closeCode) => {
  for (let index = activeStyles.length - 1; index >= 0; index--) {
    const activeStyle = activeStyles[index];
    if (activeStyle.family.startsWith("modifier-") && activeStyle.close === closeCode) {
      activeStyles.splice(index, 1);
    }
  }
};
var getColorStyle = (sgrToken) => {
  const { code, open: open3, hasArguments } = sgrToken;
  if (code >= 30 && code <= 37 || code >= 90 && code <= 97 || code === ANSI_SGR_FOREGROUND_EXTENDED && hasArguments) {
    return {
      family: "foreground",
      open: open3,
      close: ANSI_SGR_RESET_FOREGROUND
    };
  }
  if (code >= 40 && code <= 47 || code >= 100 && code <= 107 || code === ANSI_SGR_BACKGROUND_EXTENDED && hasArguments) {
    return {
      family: "background",
      open: open3,
      close: ANSI_SGR_RESET_BACKGROUND
    };
  }
  if (code === ANSI_SGR_UNDERLINE_COLOR_EXTENDED && hasArguments) {
    return {
      family: "underlineColor",
      open: open3,
      close: ANSI_SGR_RESET_UNDERLINE_COLOR
    };
  }
};
var applySgrResetCode = (code, activeStyles) => {
  if (code === ANSI_SGR_RESET) {
    activeStyles.length = 0;
    return true;
  }
  if (code === ANSI_SGR_RESET_FOREGROUND) {
    removeActiveStyle(activeStyles, "foreground");
    return true;
  }
  if (code === ANSI_SGR_RESET_BACKGROUND) {
    removeActiveStyle(activeStyles, "background");
    return true;
  }
  if (code === ANSI_SGR_RESET_UNDERLINE_COLOR) {
    removeActiveStyle(activeStyles, "underlineColor");
    return true;
  }
  if (ANSI_SGR_MODIFIER_CLOSE_CODES.has(code)) {
    removeModifierStylesByClose(activeStyles, code);
    return true;
  }
  return false;
};
var applySgrToken = (sgrToken, activeStyles) => {
  const { code } = sgrToken;
  if (applySgrResetCode(code, activeStyles)) {
    return;
  }
  const colorStyle = getColorStyle(sgrToken);
  if (colorStyle) {
    upsertActiveStyle(activeStyles, colorStyle);
    return;
  }
  const close = ansi_styles_default.codes.get(code);
  if (close !== void 0 && close !== ANSI_SGR_RESET) {
    upsertActiveStyle(activeStyles, {
      family: `modifier-${code}`,
      open: sgrToken.open,
      close
    });
  }
};
var applySgrParameters = (sgrParameters, activeStyles) => {
  for (const sgrToken of getSgrTokens(sgrParameters)) {
    applySgrToken(sgrToken, activeStyles);
  }
};
var applySgrResets = (sgrParameters, activeStyles) => {
  for (const { code } of getSgrTokens(sgrParameters)) {
    applySgrResetCode(code, activeStyles);
  }
};
var applyLeadingSgrResets = (string, startIndex, activeStyles) => {
  let index = startIndex;
  while (index < string.length) {
    const match = matchAnsiEscape(string, index);
    if (!match) {
      break;
    }
    if (match.groups.sgr !== void 0) {
      applySgrResets(match.groups.sgr, activeStyles);
    }
    index += match[0].length;
  }
};
var getClosingSgrSequence = (activeStyles) => [...activeStyles].reverse().map((activeStyle) => wrapAnsiCode(activeStyle.close)).join("");
var getOpeningSgrSequence = (activeStyles) => activeStyles.map((activeStyle) => wrapAnsiCode(activeStyle.open)).join("");
var wrapWord = (rows, word2, columns, rowWidth) => {
  const tokens = getTokens(word2);
  let visible = rowWidth;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token.width > 0 && visible > 0 && visible + token.width > columns) {
      rows.push("");
      visible = 0;
    }
    rows[rows.length - 1] += token.value;
    visible += token.width;
    if (visible === columns && index < tokens.length - 1) {
      rows.push("");
      visible = 0;
    }
  }
  if (!visible && rows.at(-1).length > 0 && rows.length > 1) {
    rows[rows.length - 2] += rows.pop();
  }
  return getWidth(rows.at(-1));
};
var stringVisibleTrimSpacesRight = (string) => {
  if (!string.includes(" ")) {
    return string;
  }
  const segments = [];
  forEachSegment(string, (plainText) => {
    segments.push({ value: plainText, isEscape: false });
  }, (escape2) => {
    segments.push({ value: escape2, isEscape: true });
  });
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index];
    if (segment.isEscape) {
      continue;
    }
    let end = segment.value.length;
    while (end > 0 && segment.value[end - 1] === " ") {
      end--;
    }
    segment.value = segment.value.slice(0, end);
    if (getStringWidth(segment.value) > 0) {
      break;
    }
  }
  return segments.map((segment) => segment.value).join("");
};
var expandTabs = (line2) => {
  if (!line2.includes("	")) {
    return line2;
  }
  let visible = 0;
  let expandedLine = "";
  let plainTextSinceTab = "";
  const expandPlainText = (plainText) => {
    const segments = plainText.split("	");
    for (const [index, segment] of segments.entries()) {
      expandedLine += segment;
      plainTextSinceTab += segment;
      if (index < segments.length - 1) {
        visible += getStringWidth(plainTextSinceTab);
        plainTextSinceTab = "";
        const spaces = TAB_SIZE - visible % TAB_SIZE;
        expandedLine += " ".repeat(spaces);
        visible += spaces;
      }
    }
  };
  forEachSegment(line2, expandPlainText, (escape2) => {
    expandedLine += escape2;
  });
  return expandedLine;
};
var restoreStylesAcrossRows = (preString) => {
  let returnValue = "";
  let activeHyperlink;
  const activeStyles = [];
  let index = 0;
  let copiedIndex = 0;
  while (index < preString.length) {
    ROW_BOUNDARY_REGEX.lastIndex = index;
    const boundary = ROW_BOUNDARY_REGEX.exec(preString);
    if (!boundary) {
      break;
    }
    index = boundary.index;
    if (boundary[0] !== "\n") {
      const escape2 = matchAnsiEscape(preString, index);
      if (!escape2) {
        index++;
        continue;
      }
      const { groups } = escape2;
      if (groups.sgr !== void 0) {
        applySgrParameters(groups.sgr, activeStyles);
      } else if (groups.uri !== void 0) {
        activeHyperlink = groups.uri.length === 0 ? void 0 : { parameters: groups.parameters, uri: groups.uri };
      }
      index += escape2[0].length;
      continue;
    }
    returnValue += preString.slice(copiedIndex, index);
    if (index > copiedIndex) {
      if (activeHyperlink) {
        returnValue += wrapAnsiHyperlink("");
      }
      returnValue += getClosingSgrSequence(activeStyles);
    }
    returnValue += "\n";
    index++;
    copiedIndex = index;
    if (index < preString.length && preString[index] !== "\n") {
      const openingStyles = [...activeStyles];
      applyLeadingSgrResets(preString, index, openingStyles);
      returnValue += getOpeningSgrSequence(openingStyles);
      if (activeHyperlink) {
        returnValue += wrapAnsiHyperlink(activeHyperlink.uri, activeHyperlink.parameters);
      }
    }
  }
  return returnValue + preString.slice(copiedIndex);
};
var exec = (string, columns, options = {}) => {
  if (options.trim !== false && string.trim() === "") {
    return "";
  }
  const words = splitWords(string);
  let rows = [""];
  let rowLength = 0;
  let trimmedRowIndex = -1;
  let isFirstWord = true;
  for (const word2 of words) {
    const rowIndex = rows.length - 1;
    if (options.trim !== false && trimmedRowIndex !== rowIndex) {
      const row = rows[rowIndex];
      const trimmedRow = row.trimStart();
      if (trimmedRow.length !== row.length) {
        rows[rowIndex] = trimmedRow;
        rowLength = getWidth(trimmedRow);
      }
      if (trimmedRow.length > 0) {
        trimmedRowIndex = rowIndex;
      }
    }
    if (isFirstWord) {
      isFirstWord = false;
    } else {
      if (rowLength >= columns && (options.wordWrap === false || options.trim === false)) {
        rows.push("");
        rowLength = 0;
      }
      if (rowLength > 0 || options.trim === false) {
        rows[rows.length - 1] += " ";
        rowLength++;
      }
    }
    if (options.hard && options.wordWrap !== false && word2.width > columns) {
      const remainingColumns = columns - rowLength;
      const breaksStartingThisLine = 1 + Math.floor((word2.width - remainingColumns - 1) / columns);
      const breaksStartingNextLine = Math.floor((word2.width - 1) / columns);
      if (breaksStartingNextLine < breaksStartingThisLine) {
        rows.push("");
        rowLength = 0;
      }
      rowLength = wrapWord(rows, word2.value, columns, rowLength);
      continue;
    }
    if (rowLength + word2.width > columns && rowLength > 0 && word2.width > 0) {
      if (options.wordWrap === false && rowLength < columns) {
        rowLength = wrapWord(rows, word2.value, columns, rowLength);
        continue;
      }
      rows.push("");
      rowLength = 0;
    }
    if (rowLength + word2.width > columns && options.wordWrap === false) {
      rowLength = wrapWord(rows, word2.value, columns, rowLength);
      continue;
    }
    rows[rows.length - 1] += word2.value;
    rowLength += word2.width;
  }
  if (options.trim !== false) {
    rows = rows.map((row) => stringVisibleTrimSpacesRight(row));
  }
  return restoreStylesAcrossRows(rows.join("\n"));
};
var normalizeText = (string) => {
  let normalizedString = "";
  forEachSegment(string, (plainText) => {
    normalizedString += plainText.normalize();
  }, (escape2) => {
    normalizedString += escape2;
  });
  return normalizedString;
};
function wrapAnsi(string, columns, options) {
  return normalizeText(String(string)).replaceAll("\r\n", "\n").split("\n").map((line2) => exec(expandTabs(line2), columns, options)).join("\n");
}

// node_modules/is-fullwidth-code-point/index.js
function isFullwidthCodePoint(codePoint) {
  if (!Number.isInteger(codePoint)) {
    return false;
  }
  return isFullwidth(codePoint) || isWide(codePoint);
}

// node_modules/slice-ansi/tokenize-ansi.js
var ESCAPE_CODE_POINT = 27;
var C1_DCS_CODE_POINT = 144;
var C1_SOS_CODE_POINT = 152;
var C1_CSI_CODE_POINT = 155;
var C1_ST_CODE_POINT = 156;
var C1_OSC_CODE_POINT = 157;
var C1_PM_CODE_POINT = 158;
var C1_APC_CODE_POINT = 159;
var ESCAPES2 = /* @__PURE__ */ new Set([
  ESCAPE_CODE_POINT,
  C1_DCS_CODE_POINT,
  C1_SOS_CODE_POINT,
  C1_CSI_CODE_POINT,
  C1_ST_CODE_POINT,
  C1_OSC_CODE_POINT,
  C1_PM_CODE_POINT,
  C1_APC_CODE_POINT
]);
var ESCAPE = "\x1B";
var ANSI_BELL = "\x07";
var ANSI_CSI2 = "[";
var ANSI_OSC2 = "]";
var ANSI_DCS = "P";
var ANSI_SOS = "X";
var ANSI_PM = "^";
var ANSI_APC = "_";
var ANSI_SGR_TERMINATOR2 = "m";
var ANSI_OSC_TERMINATOR = "\\";
var ANSI_STRING_TERMINATOR = `${ESCAPE}${ANSI_OSC_TERMINATOR}`;
var C1_OSC = "";
var C1_STRING_TERMINATOR = "";
var ANSI_HYPERLINK_ESC_PREFIX = `${ESCAPE}${ANSI_OSC2}8;`;
var ANSI_HYPERLINK_C1_PREFIX = `${C1_OSC}8;`;
var ANSI_HYPERLINK_ESC_CLOSE = `${ANSI_HYPERLINK_ESC_PREFIX};`;
var ANSI_HYPERLINK_C1_CLOSE = `${ANSI_HYPERLINK_C1_PREFIX};`;
var CODE_POINT_0 = "0".codePointAt(0);
var CODE_POINT_9 = "9".codePointAt(0);
var CODE_POINT_SEMICOLON = ";".codePointAt(0);
var CODE_POINT_COLON = ":".codePointAt(0);
var CODE_POINT_CSI_PARAMETER_START = "0".codePointAt(0);
var CODE_POINT_CSI_PARAMETER_END = "?".codePointAt(0);
var CODE_POINT_CSI_INTERMEDIATE_START = " ".codePointAt(0);
var CODE_POINT_CSI_INTERMEDIATE_END = "/".codePointAt(0);
var CODE_POINT_CSI_FINAL_START = "@".codePointAt(0);
var CODE_POINT_CSI_FINAL_END = "~".codePointAt(0);
var REGIONAL_INDICATOR_SYMBOL_LETTER_A = 127462;
var REGIONAL_INDICATOR_SYMBOL_LETTER_Z = 127487;
var SGR_RESET_CODE = 0;
var SGR_EXTENDED_FOREGROUND_CODE = 38;
var SGR_DEFAULT_FOREGROUND_CODE = 39;
var SGR_EXTENDED_BACKGROUND_CODE = 48;
var SGR_DEFAULT_BACKGROUND_CODE = 49;
var SGR_COLOR_TYPE_ANSI_256 = 5;
var SGR_COLOR_TYPE_TRUECOLOR = 2;
var SGR_ANSI_256_FRAGMENT_LENGTH = 3;
var SGR_TRUECOLOR_FRAGMENT_LENGTH = 5;
var SGR_ANSI_256_LAST_PARAMETER_OFFSET = 2;
var SGR_TRUECOLOR_LAST_PARAMETER_OFFSET = 4;
var VARIATION_SELECTOR_16_CODE_POINT = 65039;
var COMBINING_ENCLOSING_KEYCAP_CODE_POINT = 8419;
var EMOJI_PRESENTATION_GRAPHEME_REGEX = new RegExp("\\p{Emoji_Presentation}", "u");
var GRAPHEME_SEGMENTER = new Intl.Segmenter(void 0, { granularity: "grapheme" });
var endCodeNumbers = /* @__PURE__ */ new Set();
for (const [, end] of ansi_styles_default.codes) {
  endCodeNumbers.add(end);
}
function isSgrParameterCharacter(codePoint) {
  return codePoint >= CODE_POINT_0 && codePoint <= CODE_POINT_9 || codePoint === CODE_POINT_SEMICOLON || codePoint === CODE_POINT_COLON;
}
function isCsiParameterCharacter(codePoint) {
  return codePoint >= CODE_POINT_CSI_PARAMETER_START && codePoint <= CODE_POINT_CSI_PARAMETER_END;
}
function isCsiIntermediateCharacter(codePoint) {
  return codePoint >= CODE_POINT_CSI_INTERMEDIATE_START && codePoint <= CODE_POINT_CSI_INTERMEDIATE_END;
}
function isCsiFinalCharacter(codePoint) {
  return codePoint >= CODE_POINT_CSI_FINAL_START && codePoint <= CODE_POINT_CSI_FINAL_END;
}
function isRegionalIndicatorCodePoint(codePoint) {
  return codePoint >= REGIONAL_INDICATOR_SYMBOL_LETTER_A && codePoint <= REGIONAL_INDICATOR_SYMBOL_LETTER_Z;
}
function createControlParseResult(code, endIndex) {
  return {
    token: {
      type: "control",
      code
    },
    endIndex
  };
}
function isEmojiStyleGrapheme(grapheme) {
  if (EMOJI_PRESENTATION_GRAPHEME_REGEX.test(grapheme)) {
    return true;
  }
  for (const character of grapheme) {
    const codePoint = character.codePointAt(0);
    if (codePoint === VARIATION_SELECTOR_16_CODE_POINT || codePoint === COMBINING_ENCLOSING_KEYCAP_CODE_POINT) {
      return true;
    }
  }
  return false;
}
function getGraphemeWidth(grapheme) {
  let regionalIndicatorCount = 0;
  for (const character of grapheme) {
    const codePoint = character.codePointAt(0);
    if (isFullwidthCodePoint(codePoint)) {
      return 2;
    }
    if (isRegionalIndicatorCodePoint(codePoint)) {
      regionalIndicatorCount++;
    }
  }
  if (regionalIndicatorCount >= 1) {
    return 2;
  }
  if (isEmojiStyleGrapheme(grapheme)) {
    return 2;
  }
  return 1;
}
function getSgrPrefix(code) {
  if (code.startsWith("")) {
    return "";
  }
  return `${ESCAPE}${ANSI_CSI2}`;
}
function createSgrCode(prefix, values) {
  return `${prefix}${values.join(";")}${ANSI_SGR_TERMINATOR2}`;
}
function getSgrFragments(code) {
  const fragments = [];
  const sgrPrefix = getSgrPrefix(code);
  let parameterString;
  if (code.startsWith(`${ESCAPE}${ANSI_CSI2}`)) {
    parameterString = code.slice(2, -1);
  } else if (code.startsWith("")) {
    parameterString = code.slice(1, -1);
  } else {
    return fragments;
  }
  const rawCodes = parameterString.length === 0 ? [String(SGR_RESET_CODE)] : parameterString.split(";");
  let index = 0;
  while (index < rawCodes.length) {
    const codeNumber = Number.parseInt(rawCodes[index], 10);
    if (Number.isNaN(codeNumber)) {
      index++;
      continue;
    }
    if (codeNumber === SGR_RESET_CODE) {
      fragments.push({ type: "reset" });
      index++;
      continue;
    }
    if (codeNumber === SGR_EXTENDED_FOREGROUND_CODE || codeNumber === SGR_EXTENDED_BACKGROUND_CODE) {
      const colorType = Number.parseInt(rawCodes[index + 1], 10);
      if (colorType === SGR_COLOR_TYPE_ANSI_256 && index + SGR_ANSI_256_LAST_PARAMETER_OFFSET < rawCodes.length) {
        const openCode3 = createSgrCode(sgrPrefix, rawCodes.slice(index, index + SGR_ANSI_256_FRAGMENT_LENGTH));
        fragments.push({
          type: "start",
          code: openCode3,
          endCode: ansi_styles_default.color.ansi(codeNumber === SGR_EXTENDED_FOREGROUND_CODE ? SGR_DEFAULT_FOREGROUND_CODE : SGR_DEFAULT_BACKGROUND_CODE)
        });
        index += SGR_ANSI_256_FRAGMENT_LENGTH;
        continue;
      }
      if (colorType === SGR_COLOR_TYPE_TRUECOLOR && index + SGR_TRUECOLOR_LAST_PARAMETER_OFFSET < rawCodes.length) {
        const openCode3 = createSgrCode(sgrPrefix, rawCodes.slice(index, index + SGR_TRUECOLOR_FRAGMENT_LENGTH));
        fragments.push({
          type: "start",
          code: openCode3,
          endCode: ansi_styles_default.color.ansi(codeNumber === SGR_EXTENDED_FOREGROUND_CODE ? SGR_DEFAULT_FOREGROUND_CODE : SGR_DEFAULT_BACKGROUND_CODE)
        });
        index += SGR_TRUECOLOR_FRAGMENT_LENGTH;
        continue;
      }
      const openCode2 = createSgrCode(sgrPrefix, [rawCodes[index]]);
      fragments.push({
        type: "start",
        code: openCode2,
        endCode: ansi_styles_default.color.ansi(codeNumber === SGR_EXTENDED_FOREGROUND_CODE ? SGR_DEFAULT_FOREGROUND_CODE : SGR_DEFAULT_BACKGROUND_CODE)
      });
      index++;
      continue;
    }
    if (endCodeNumbers.has(codeNumber)) {
      fragments.push({
        type: "end",
        endCode: ansi_styles_default.color.ansi(codeNumber)
      });
      index++;
      continue;
    }
    const mappedEndCode = ansi_styles_default.codes.get(codeNumber);
    if (mappedEndCode !== void 0) {
      const openCode2 = createSgrCode(sgrPrefix, [rawCodes[index]]);
      fragments.push({
        type: "start",
        code: openCode2,
        endCode: ansi_styles_default.color.ansi(mappedEndCode)
      });
      index++;
      continue;
    }
    const openCode = createSgrCode(sgrPrefix, [rawCodes[index]]);
    fragments.push({
      type: "start",
      code: openCode,
      endCode: ansi_styles_default.reset.open
    });
    index++;
  }
  if (fragments.length === 0) {
    fragments.push({ type: "reset" });
  }
  return fragments;
}
function parseCsiCode(string, index) {
  const escapeCodePoint = string.codePointAt(index);
  let sequenceStartIndex;
  if (escapeCodePoint === ESCAPE_CODE_POINT) {
    if (string[index + 1] !== ANSI_CSI2) {
      return;
    }
    sequenceStartIndex = index + 2;
  } else if (escapeCodePoint === C1_CSI_CODE_POINT) {
    sequenceStartIndex = index + 1;
  } else {
    return;
  }
  let hasCanonicalSgrParameters = true;
  for (let sequenceIndex = sequenceStartIndex; sequenceIndex < string.length; sequenceIndex++) {
    const codePoint = string.codePointAt(sequenceIndex);
    if (isCsiFinalCharacter(codePoint)) {
      const code = string.slice(index, sequenceIndex + 1);
      if (string[sequenceIndex] !== ANSI_SGR_TERMINATOR2 || !hasCanonicalSgrParameters) {
        return createControlParseResult(code, sequenceIndex + 1);
      }
      return {
        token: {
          type: "sgr",
          code,
          fragments: getSgrFragments(code)
        },
        endIndex: sequenceIndex + 1
      };
    }
    if (isCsiParameterCharacter(codePoint)) {
      if (!isSgrParameterCharacter(codePoint)) {
        hasCanonicalSgrParameters = false;
      }
      continue;
    }
    if (isCsiIntermediateCharacter(codePoint)) {
      hasCanonicalSgrParameters = false;
      continue;
    }
    const endIndex = sequenceIndex;
    return createControlParseResult(string.slice(index, endIndex), endIndex);
  }
  return createControlParseResult(string.slice(index), string.length);
}
function parseHyperlinkCode(string, index) {
  let hyperlinkPrefix;
  let hyperlinkClose;
  const codePoint = string.codePointAt(index);
  if (codePoint === ESCAPE_CODE_POINT && string.startsWith(ANSI_HYPERLINK_ESC_PREFIX, index)) {
    hyperlinkPrefix = ANSI_HYPERLINK_ESC_PREFIX;
    hyperlinkClose = ANSI_HYPERLINK_ESC_CLOSE;
  } else if (codePoint === C1_OSC_CODE_POINT && string.startsWith(ANSI_HYPERLINK_C1_PREFIX, index)) {
    hyperlinkPrefix = ANSI_HYPERLINK_C1_PREFIX;
    hyperlinkClose = ANSI_HYPERLINK_C1_CLOSE;
  } else {
    return;
  }
  const uriStart = string.indexOf(";", index + hyperlinkPrefix.length);
  if (uriStart === -1) {
    return createControlParseResult(string.slice(index), string.length);
  }
  for (let sequenceIndex = uriStart + 1; sequenceIndex < string.length; sequenceIndex++) {
    const character = string[sequenceIndex];
    if (character === ANSI_BELL) {
      const code = string.slice(index, sequenceIndex + 1);
      const action = sequenceIndex === uriStart + 1 ? "close" : "open";
      return {
        token: {
          type: "hyperlink",
          code,
          action,
          closePrefix: hyperlinkClose,
          terminator: ANSI_BELL
        },
        endIndex: sequenceIndex + 1
      };
    }
    if (character === ESCAPE && string[sequenceIndex + 1] === ANSI_OSC_TERMINATOR) {
      const code = string.slice(index, sequenceIndex + 2);
      const action = sequenceIndex === uriStart + 1 ? "close" : "open";
      return {
        token: {
          type: "hyperlink",
          code,
          action,
          closePrefix: hyperlinkClose,
          terminator: ANSI_STRING_TERMINATOR
        },
        endIndex: sequenceIndex + 2
      };
    }
    if (character === C1_STRING_TERMINATOR) {
      const code = string.slice(index, sequenceIndex + 1);
      const action = sequenceIndex === uriStart + 1 ? "close" : "open";
      return {
        token: {
          type: "hyperlink",
          code,
          action,
          closePrefix: hyperlinkClose,
          terminator: C1_STRING_TERMINATOR
        },
        endIndex: sequenceIndex + 1
      };
    }
  }
  return createControlParseResult(string.slice(index), string.length);
}
function parseControlStringCode(string, index) {
  const codePoint = string.codePointAt(index);
  let sequenceStartIndex;
  let supportsBellTerminator = false;
  switch (codePoint) {
    case ESCAPE_CODE_POINT: {
      const command = string[index + 1];
      switch (command) {
        case ANSI_OSC2: {
          sequenceStartIndex = index + 2;
          supportsBellTerminator = true;
          break;
        }
        case ANSI_DCS:
        case ANSI_SOS:
        case ANSI_PM:
        case ANSI_APC: {
          sequenceStartIndex = index + 2;
          break;
        }
        case ANSI_OSC_TERMINATOR: {
          return createControlParseResult(ANSI_STRING_TERMINATOR, index + 2);
        }
        default: {
          return;
        }
      }
      break;
    }
    case C1_OSC_CODE_POINT: {
      sequenceStartIndex = index + 1;
      supportsBellTerminator = true;
      break;
    }
    case C1_DCS_CODE_POINT:
    case C1_SOS_CODE_POINT:
    case C1_PM_CODE_POINT:
    case C1_APC_CODE_POINT: {
      sequenceStartIndex = index + 1;
      break;
    }
    case C1_ST_CODE_POINT: {
      return createControlParseResult(C1_STRING_TERMINATOR, index + 1);
    }
    default: {
      return;
    }
  }
  for (let sequenceIndex = sequenceStartIndex; sequenceIndex < string.length; sequenceIndex++) {
    if (supportsBellTerminator && string[sequenceIndex] === ANSI_BELL) {
      return createControlParseResult(string.slice(index, sequenceIndex + 1), sequenceIndex + 1);
    }
    if (string[sequenceIndex] === ESCAPE && string[sequenceIndex + 1] === ANSI_OSC_TERMINATOR) {
      return createControlParseResult(string.slice(index, sequenceIndex + 2), sequenceIndex + 2);
    }
    if (string[sequenceIndex] === C1_STRING_TERMINATOR) {
      return createControlParseResult(string.slice(index, sequenceIndex + 1), sequenceIndex + 1);
    }
  }
  return createControlParseResult(string.slice(index), string.length);
}
function parseAnsiCode(string, index) {
  const codePoint = string.codePointAt(index);
  if (codePoint === ESCAPE_CODE_POINT || codePoint === C1_OSC_CODE_POINT) {
    const hyperlinkCode = parseHyperlinkCode(string, index);
    if (hyperlinkCode) {
      return hyperlinkCode;
    }
  }
  const controlStringCode = parseControlStringCode(string, index);
  if (controlStringCode) {
    return controlStringCode;
  }
  return parseCsiCode(string, index);
}
function appendTrailingAnsiTokens(string, index, tokens) {
  while (index < string.length) {
    const nextCodePoint = string.codePointAt(index);
    if (!ESCAPES2.has(nextCodePoint)) {
      break;
    }
    const escapeCode = parseAnsiCode(string, index);
    if (!escapeCode) {
      break;
    }
    tokens.push(escapeCode.token);
    index = escapeCode.endIndex;
  }
  return index;
}
function parseCharacterTokenWithRawSegmentation(string, index, graphemeSegments) {
  const segment = graphemeSegments.containing(index);
  if (!segment || segment.index !== index) {
    return;
  }
  return {
    token: {
      type: "character",
      // Intentionally preserve UAX29 behavior (GB3): CRLF is one grapheme cluster.
      value: segment.segment,
      visibleWidth: getGraphemeWidth(segment.segment),
      isGraphemeContinuation: false
    },
    endIndex: index + segment.segment.length
  };
}
function collectVisibleCharacters(string) {
  const visibleCharacters = [];
  let index = 0;
  while (index < string.length) {
    const codePoint = string.codePointAt(index);
    if (ESCAPES2.has(codePoint)) {
      const code = parseAnsiCode(string, index);
      if (code) {
        index = code.endIndex;
        continue;
      }
    }
    const value = String.fromCodePoint(codePoint);
    visibleCharacters.push({
      value,
      visibleWidth: 1,
      isGraphemeContinuation: false
    });
    index += value.length;
  }
  return visibleCharacters;
}
function applyGraphemeMetadata(visibleCharacters) {
  if (visibleCharacters.length === 0) {
    return;
  }
  const visibleString = visibleCharacters.map(({ value }) => value).join("");
  const scalarOffsets = [];
  let scalarOffset = 0;
  for (const visibleCharacter of visibleCharacters) {
    scalarOffsets.push(scalarOffset);
    scalarOffset += visibleCharacter.value.length;
  }
  let scalarIndex = 0;
  for (const segment of GRAPHEME_SEGMENTER.segment(visibleString)) {
    while (scalarIndex < visibleCharacters.length && scalarOffsets[scalarIndex] < segment.index) {
      scalarIndex++;
    }
    let graphemeIndex = scalarIndex;
    let isFirstInGrapheme = true;
    while (graphemeIndex < visibleCharacters.length && scalarOffsets[graphemeIndex] < segment.index + segment.segment.length) {
      visibleCharacters[graphemeIndex].visibleWidth = isFirstInGrapheme ? getGraphemeWidth(segment.segment) : 0;
      visibleCharacters[graphemeIndex].isGraphemeContinuation = !isFirstInGrapheme;
      isFirstInGrapheme = false;
      graphemeIndex++;
    }
    scalarIndex = graphemeIndex;
  }
}
function tokenizeAnsiWithVisibleSegmentation(string, { endCharacter = Number.POSITIVE_INFINITY } = {}) {
  const tokens = [];
  const visibleCharacters = collectVisibleCharacters(string);
  applyGraphemeMetadata(visibleCharacters);
  let index = 0;
  let visibleCharacterIndex = 0;
  let visibleCount = 0;
  while (index < string.length) {
    const codePoint = string.codePointAt(index);
    if (ESCAPES2.has(codePoint)) {
      const code = parseAnsiCode(string, index);
      if (code) {
        tokens.push(code.token);
        index = code.endIndex;
        continue;
      }
    }
    const value = String.fromCodePoint(codePoint);
    const visibleCharacter = visibleCharacters[visibleCharacterIndex];
    let visibleWidth = isFullwidthCodePoint(codePoint) ? 2 : value.length;
    if (visibleCharacter) {
      visibleWidth = visibleCharacter.visibleWidth;
    }
    const token = {
      type: "character",
      value,
      visibleWidth,
      isGraphemeContinuation: visibleCharacter ? visibleCharacter.isGraphemeContinuation : false
    };
    tokens.push(token);
    index += value.length;
    visibleCharacterIndex++;
    visibleCount += token.visibleWidth;
    if (visibleCount >= endCharacter) {
      const nextVisibleCharacter = visibleCharacters[visibleCharacterIndex];
      if (!nextVisibleCharacter || !nextVisibleCharacter.isGraphemeContinuation) {
        index = appendTrailingAnsiTokens(string, index, tokens);
        break;
      }
    }
  }
  return tokens;
}
function areValuesInSameGrapheme(leftValue, rightValue) {
  const pair = `${leftValue}${rightValue}`;
  const splitIndex = leftValue.length;
  for (const segment of GRAPHEME_SEGMENTER.segment(pair)) {
    if (segment.index === splitIndex) {
      return false;
    }
    if (segment.index > splitIndex) {
      return true;
    }
  }
  return true;
}
function hasAnsiSplitContinuationAhead(string, startIndex, previousVisibleValue, graphemeSegments) {
  if (!previousVisibleValue) {
    return false;
  }
  let index = startIndex;
  let hasAnsiCode = false;
  while (index < string.length) {
    const codePoint = string.codePointAt(index);
    if (ESCAPES2.has(codePoint)) {
      const code = parseAnsiCode(string, index);
      if (code) {
        hasAnsiCode = true;
        index = code.endIndex;
        continue;
      }
    }
    if (!hasAnsiCode) {
      return false;
    }
    const characterToken = parseCharacterTokenWithRawSegmentation(string, index, graphemeSegments);
    if (!characterToken) {
      return true;
    }
    return areValuesInSameGrapheme(previousVisibleValue, characterToken.token.value);
  }
  return false;
}
function tokenizeAnsi(string, { endCharacter = Number.POSITIVE_INFINITY } = {}) {
  const tokens = [];
  const graphemeSegments = GRAPHEME_SEGMENTER.segment(string);
  let index = 0;
  let visibleCount = 0;
  let previousVisibleValue;
  let hasAnsiSinceLastVisible = false;
  while (index < string.length) {
    const codePoint = string.codePointAt(index);
    if (ESCAPES2.has(codePoint)) {
      const code = parseAnsiCode(string, index);
      if (code) {
        tokens.push(code.token);
        index = code.endIndex;
        hasAnsiSinceLastVisible = true;
        continue;
      }
    }
    const characterToken = parseCharacterTokenWithRawSegmentation(string, index, graphemeSegments);
    if (!characterToken) {
      return tokenizeAnsiWithVisibleSegmentation(string, { endCharacter });
    }
    if (hasAnsiSinceLastVisible && previousVisibleValue && areValuesInSameGrapheme(previousVisibleValue, characterToken.token.value)) {
      return tokenizeAnsiWithVisibleSegmentation(string, { endCharacter });
    }
    tokens.push(characterToken.token);
    index = characterToken.endIndex;
    visibleCount += characterToken.token.visibleWidth;
    hasAnsiSinceLastVisible = false;
    previousVisibleValue = characterToken.token.value;
    if (visibleCount >= endCharacter) {
      if (hasAnsiSplitContinuationAhead(string, index, previousVisibleValue, graphemeSegments)) {
        return tokenizeAnsiWithVisibleSegmentation(string, { endCharacter });
      }
      index = appendTrailingAnsiTokens(string, index, tokens);
      break;
    }
  }
  return tokens;
}

// node_modules/slice-ansi/index.js
function applySgrFragments(activeStyles, fragments) {
  for (const fragment of fragments) {
    switch (fragment.type) {
      case "reset": {
        activeStyles.clear();
        break;
      }
      case "end": {
        activeStyles.delete(fragment.endCode);
        break;
      }
      case "start": {
        activeStyles.delete(fragment.endCode);
        activeStyles.set(fragment.endCode, fragment.code);
        break;
      }
      default: {
        break;
      }
    }
  }
  return activeStyles;
}
function undoAnsiCodes(activeStyles) {
  return [...activeStyles.keys()].reverse().join("");
}
function closeHyperlink(hyperlinkToken) {
  return `${hyperlinkToken.closePrefix}${hyperlinkToken.terminator}`;
}
function shouldIncludeSgrAfterEnd(token, activeStyles) {
  let hasStartFragment = false;
  let hasClosingEffect = false;
  for (const fragment of token.fragments) {
    if (fragment.type === "start") {
      hasStartFragment = true;
      continue;
    }
    if (fragment.type === "reset" && activeStyles.size > 0) {
      hasClosingEffect = true;
      continue;
    }
    if (fragment.type === "end" && activeStyles.has(fragment.endCode)) {
      hasClosingEffect = true;
    }
  }
  return hasClosingEffect && !hasStartFragment;
}
function applySgrToken2({ token, isPastEnd, activeStyles, returnValue, include, activeHyperlink, position }) {
  if (isPastEnd && !shouldIncludeSgrAfterEnd(token, activeStyles)) {
    return {
      activeStyles,
      activeHyperlink,
      position,
      returnValue,
      include
    };
  }
  activeStyles = applySgrFragments(activeStyles, token.fragments);
  if (include) {
    returnValue += token.code;
  }
  return {
    activeStyles,
    activeHyperlink,
    position,
    returnValue,
    include
  };
}
function applyHyperlinkToken({ token, isPastEnd, activeStyles, activeHyperlink, position, returnValue, include }) {
  if (isPastEnd && (token.action !== "close" || !activeHyperlink)) {
    return {
      activeStyles,
      activeHyperlink,
      position,
      returnValue,
      include
    };
  }
  if (token.action === "open") {
    activeHyperlink = token;
  } else if (token.action === "close") {
    activeHyperlink = void 0;
  }
  if (include) {
    returnValue += token.code;
  }
  return {
    activeStyles,
    activeHyperlink,
    position,
    returnValue,
    include
  };
}
function applyControlToken({ token, isPastEnd, activeStyles, activeHyperlink, position, returnValue, include }) {
  if (!isPastEnd && include) {
    returnValue += token.code;
  }
  return {
    activeStyles,
    activeHyperlink,
    position,
    returnValue,
    include
  };
}
function applyCharacterToken({ token, start, activeStyles, activeHyperlink, position, returnValue, include }) {
  if (!include && position >= start && !token.isGraphemeContinuation) {
    include = true;
    returnValue = [...activeStyles.values()].join("");
    if (activeHyperlink) {
      returnValue += activeHyperlink.code;
    }
  }
  if (include) {
    returnValue += token.value;
  }
  position += token.visibleWidth;
  return {
    activeStyles,
    activeHyperlink,
    position,
    returnValue,
    include
  };
}
var tokenHandlers = {
  sgr: applySgrToken2,
  hyperlink: applyHyperlinkToken,
  control: applyControlToken,
  character: applyCharacterToken
};
function applyToken(parameters) {
  const tokenHandler = tokenHandlers[parameters.token.type];
  if (!tokenHandler) {
    const {
      activeStyles,
      activeHyperlink,
      position,
      returnValue,
      include
    } = parameters;
    return {
      activeStyles,
      activeHyperlink,
      position,
      returnValue,
      include
    };
  }
  return tokenHandler(parameters);
}
function createHasContinuationAheadMap(tokens) {
  const hasContinuationAhead = Array.from({ length: tokens.length }, () => false);
  let nextCharacterIsContinuation = false;
  for (let tokenIndex = tokens.length - 1; tokenIndex >= 0; tokenIndex--) {
    const token = tokens[tokenIndex];
    hasContinuationAhead[tokenIndex] = nextCharacterIsContinuation;
    if (token.type === "character") {
      nextCharacterIsContinuation = Boolean(token.isGraphemeContinuation);
    }
  }
  return hasContinuationAhead;
}
function sliceAnsi(string, start, end) {
  const tokens = tokenizeAnsi(string, { endCharacter: end });
  const hasContinuationAhead = createHasContinuationAheadMap(tokens);
  let activeStyles = /* @__PURE__ */ new Map();
  let activeHyperlink;
  let position = 0;
  let returnValue = "";
  let include = false;
  for (const [tokenIndex, token] of tokens.entries()) {
    let isPastEnd = end !== void 0 && position >= end;
    if (isPastEnd && token.type !== "character" && hasContinuationAhead[tokenIndex]) {
      isPastEnd = false;
    }
    if (isPastEnd && token.type === "character" && !token.isGraphemeContinuation) {
      break;
    }
    ({ activeStyles, activeHyperlink, position, returnValue, include } = applyToken({
      token,
      isPastEnd,
      start,
      activeStyles,
      activeHyperlink,
      position,
      returnValue,
      include
    }));
  }
  if (!include) {
    return "";
  }
  if (activeHyperlink) {
    returnValue += closeHyperlink(activeHyperlink);
  }
  returnValue += undoAnsiCodes(activeStyles);
  return returnValue;
}

// node_modules/log-update/index.js
var getWidth2 = (stream, defaultWidth) => stream.columns ?? defaultWidth ?? 80;
var SYNCHRONIZED_OUTPUT_ENABLE = "\x1B[?2026h";
var SYNCHRONIZED_OUTPUT_DISABLE = "\x1B[?2026l";
var fitToTerminalHeight = (stream, wrappedText, defaultHeight) => {
  const terminalHeight = stream.rows ?? defaultHeight ?? 24;
  if (terminalHeight === void 0) {
    return { text: wrappedText, wasClipped: false };
  }
  if (terminalHeight === 0) {
    return { text: "", wasClipped: wrappedText !== "" };
  }
  const unstyled = stripAnsi(wrappedText);
  const newlineCount = [...unstyled].filter((character) => character === "\n").length;
  const linesCount = newlineCount + 1;
  const toRemove = Math.max(0, linesCount - terminalHeight);
  if (toRemove === 0) {
    return { text: wrappedText, wasClipped: false };
  }
  let seen = 0;
  let cut = 0;
  for (const [index, character] of [...unstyled].entries()) {
    if (character === "\n") {
      seen++;
      if (seen === toRemove) {
        cut = index + 1;
        break;
      }
    }
  }
  return { text: sliceAnsi(wrappedText, cut), wasClipped: true };
};
var diffFrames = (previousLines, nextLines) => {
  let start = 0;
  for (; start < previousLines.length && start < nextLines.length; start++) {
    if (previousLines[start] !== nextLines[start]) {
      break;
    }
  }
  let endPrevious = previousLines.length - 1;
  let endNext = nextLines.length - 1;
  while (endPrevious >= start && endNext >= start && previousLines[endPrevious] === nextLines[endNext]) {
    endPrevious--;
    endNext--;
  }
  return { start, endPrevious, endNext };
};
var buildPatch = ({
  prevCount,
  start,
  endPrevious,
  endNext,
  nextLines,
  nextWrappedEndsWithNewline
}) => {
  let sequence = "";
  const upCount = Math.max(0, prevCount - 1 - start);
  if (upCount > 0) {
    sequence += base_exports.cursorUp(upCount);
  }
  sequence += base_exports.cursorLeft;
  const linesToClear = Math.max(0, endPrevious - start + 1);
  for (let index = 0; index < linesToClear; index++) {
    sequence += base_exports.eraseLine;
    if (index < linesToClear - 1) {
      sequence += base_exports.cursorDown();
    }
  }
  if (linesToClear > 1) {
    sequence += base_exports.cursorUp(linesToClear - 1);
  }
  sequence += base_exports.cursorLeft;
  const wroteSlice = nextLines.slice(start, endNext + 1);
  if (wroteSlice.length > 0) {
    const chunk = wroteSlice.join("\n");
    sequence += chunk;
    sequence += base_exports.eraseEndLine;
    if (nextWrappedEndsWithNewline && !chunk.endsWith("\n")) {
      sequence += "\n";
    }
  }
  const currentLine = start + wroteSlice.length;
  const finalLine = nextLines.length - 1;
  const downCount = finalLine - currentLine;
  if (downCount > 0) {
    sequence += base_exports.cursorDown(downCount);
  }
  return sequence;
};
function createLogUpdate(stream, { showCursor = false, defaultWidth, defaultHeight } = {}) {
  let previousLineCount = 0;
  let previousWidth = getWidth2(stream, defaultWidth);
  let previousOutput = "";
  const useSynchronizedOutput = stream.isTTY === true;
  const write = (output) => {
    if (output === "") {
      return;
    }
    if (useSynchronizedOutput) {
      stream.write(SYNCHRONIZED_OUTPUT_ENABLE + output + SYNCHRONIZED_OUTPUT_DISABLE);
      return;
    }
    stream.write(output);
  };
  const computeFrame = (text, width) => {
    const textString = String(text);
    const raw = textString.endsWith("\n") ? textString : `${textString}
`;
    const wrapped2 = wrapAnsi(raw, width, { trim: false, hard: true, wordWrap: false });
    const { text: clippedText, wasClipped } = fitToTerminalHeight(stream, wrapped2, defaultHeight);
    const lines2 = clippedText === "" ? [] : clippedText.split("\n");
    return { wrapped: clippedText, lines: lines2, wasClipped };
  };
  const reset = () => {
    previousOutput = "";
    previousWidth = getWidth2(stream, defaultWidth);
    previousLineCount = 0;
  };
  const render = (...arguments_) => {
    if (!showCursor) {
      cli_cursor_default.hide();
    }
    const width = getWidth2(stream, defaultWidth);
    const { wrapped: wrapped2, lines: lines2, wasClipped } = computeFrame(arguments_.join(" "), width);
    if (lines2.length === 0) {
      previousOutput = wrapped2;
      previousWidth = width;
      previousLineCount = 0;
      return;
    }
    if (wrapped2 === previousOutput && previousWidth === width) {
      return;
    }
    if (previousLineCount === 0) {
      write(wrapped2);
      previousOutput = wrapped2;
      previousWidth = width;
      previousLineCount = lines2.length;
      return;
    }
    if (previousWidth !== width || wasClipped) {
      write(base_exports.eraseLines(previousLineCount) + wrapped2);
      previousOutput = wrapped2;
      previousWidth = width;
      previousLineCount = lines2.length;
      return;
    }
    const previousLines = previousOutput === "" ? [] : previousOutput.split("\n");
    const { start, endPrevious, endNext } = diffFrames(previousLines, lines2);
    if (start === lines2.length && previousLineCount === lines2.length) {
      return;
    }
    if (start === 0) {
      write(base_exports.eraseLines(previousLineCount) + wrapped2);
      previousOutput = wrapped2;
      previousWidth = width;
      previousLineCount = lines2.length;
      return;
    }
    const patch = buildPatch({
      prevCount: previousLineCount,
      start,
      endPrevious,
      endNext,
      nextLines: lines2,
      nextWrappedEndsWithNewline: wrapped2.endsWith("\n")
    });
    write(patch);
    previousOutput = wrapped2;
    previousWidth = width;
    previousLineCount = lines2.length;
  };
  render.clear = () => {
    write(base_exports.eraseLines(previousLineCount));
    reset();
  };
  render.done = () => {
    reset();
    if (!showCursor) {
      cli_cursor_default.show();
    }
  };
  render.persist = (...arguments_) => {
    const erasePrevious = previousLineCount > 0 ? base_exports.eraseLines(previousLineCount) : "";
    if (previousLineCount > 0) {
      previousLineCount = 0;
    }
    const text = `${arguments_.join(" ")}`;
    const width = getWidth2(stream, defaultWidth);
    const { wrapped: wrappedText } = computeFrame(text, width);
    write(erasePrevious + wrappedText);
    reset();
  };
  return render;
}
var logUpdate = createLogUpdate(process6.stdout);
var logUpdateStderr = createLogUpdate(process6.stderr);

// src/adapters/terminal/live-view.ts
var FRAME_MS = 100;
var CLOCK_MS = 1e3;
function openLiveView(terminal2, render) {
  const update = createLogUpdate(terminal2.stream);
  let lastDrawn = 0;
  let pending = null;
  let isClosed = false;
  const draw = () => {
    pending = null;
    lastDrawn = performance.now();
    update(
      render().map((row) => terminal2.paint(row)).join("\n")
    );
  };
  const touch = () => {
    if (isClosed || pending !== null) return;
    pending = setTimeout(draw, Math.max(0, FRAME_MS - (performance.now() - lastDrawn)));
    pending.unref();
  };
  const clock = setInterval(touch, CLOCK_MS);
  clock.unref();
  touch();
  return {
    touch,
    printAbove: (rows) => {
      update.persist(rows.map((row) => terminal2.paint(row)).join("\n"));
    },
    close: (keep) => {
      if (isClosed) return;
      isClosed = true;
      clearInterval(clock);
      if (pending !== null) clearTimeout(pending);
      if (keep) {
        draw();
        update.done();
      } else {
        update.clear();
        update.done();
      }
    }
  };
}

// src/core/report/event-line.ts
var KIND_CELLS = 17;
function renderEvent(event, options) {
  const detail = event.detail.split(/[\r\n]/, 1)[0] ?? "";
  const task = event.task === null ? "" : event.task + (detail === "" ? "" : ": ");
  return [
    span(`${formatClock(event.at, options.offsetMinutes)} `, "dim"),
    span(`${fitText(event.kind.replaceAll("-", " "), KIND_CELLS, "")} `, styleOf(event.kind)),
    span(task, "strong"),
    span(detail)
  ];
}
function styleOf(kind) {
  if (/landed|passed|verified/.test(kind)) return "good";
  if (/failed|refused|frozen|lost/.test(kind)) return "bad";
  if (/returned|held|cancelled|paused|conflict|interrupted/.test(kind)) return "warn";
  return "busy";
}

// src/entrypoints/cli/watch-run.ts
function chooseWatchMode(session2, options) {
  if (options.json === true) return "json";
  return session2.err.canRedraw && options.plain !== true ? "live" : "plain";
}
var LASTING_EVENTS = /* @__PURE__ */ new Set([
  "attempt-failed",
  "attempt-cancelled",
  "returned",
  "landed",
  "refused",
  "frozen",
  "final-ended"
]);
function openRunWatch(session2, mode, startedAt) {
  if (mode === "live") return watchLive(session2, startedAt);
  const say = (rows) => {
    session2.err.print(rows);
  };
  let wasPaused = false;
  return {
    onView: (view) => {
      if (view.paused !== null && !wasPaused)
        say([line(`paused by ${view.paused.by}; nothing is started until espalier resume ${view.plan}`, "warn")]);
      wasPaused = view.paused !== null;
    },
    onEvent: (event) => {
      if (mode === "json") session2.printJsonLine({ ...event, at: new Date(event.at).toISOString(), type: "event" });
      else say([renderEvent(event, { offsetMinutes: session2.offsetMinutes })]);
    },
    say,
    hint: () => {
    },
    close: () => {
    }
  };
}
function watchLive(session2, startedAt) {
  const terminal2 = session2.err;
  let latest = null;
  let hint = "Ctrl-C stops; the same command goes on from there";
  const { cut } = glyphsFor(terminal2.isUtf8);
  const render = () => {
    if (latest === null) return [line("starting", "dim")];
    return renderRows(latest.view, latest.progress, {
      width: terminal2.width(),
      // The line break after the last row takes a line of its own.
      height: terminal2.height() - 1,
      isUtf8: terminal2.isUtf8,
      now: Date.now(),
      startedAt,
      hint
    });
  };
  const live = openLiveView(terminal2, render);
  return {
    onView: (view, progress) => {
      latest = { view, progress };
      live.touch();
    },
    onEvent: (event) => {
      if (LASTING_EVENTS.has(event.kind))
        live.printAbove([cutRow(renderEvent(event, { offsetMinutes: session2.offsetMinutes }), terminal2.width(), cut)]);
    },
    say: (rows) => {
      live.printAbove(rows);
    },
    hint: (text) => {
      hint = text;
      live.touch();
    },
    close: () => {
      live.close(false);
    }
  };
}

// src/entrypoints/cli/execute-run.ts
async function executeRun(session2, said, options, openSandbox2 = openerFor(session2, options)) {
  var _stack = [];
  try {
    const overrides = readOverrides(options);
    if (options.dryRun === true && options.json === true)
      throw new CliError("usage", "--dry-run is for people; it has no JSON form.", { next: "espalier check --json" });
    const read = await readPlanToRun(session2, said, options.dryRun !== true);
    const repository = __using(_stack, await openRepository(session2), true);
    const prepared = await prepareRun(session2, repository, { read: read.plan, source: read.source, overrides, options });
    await checkRepository(session2, repository, prepared);
    const opened = await openSandbox2(session2, { ...prepared, stateDir: repository.stateDir });
    announceSandbox(session2, opened);
    await checkAgents(session2, { plan: prepared.plan, opened, hostEnv: hostEnvOf(session2) });
    const maxParallel = options.maxParallel ?? prepared.config.maxParallel ?? defaultParallel();
    if (options.dryRun === true) {
      rehearseRun(session2, { read, prepared, maxParallel, only: options.only ?? [] });
      return null;
    }
    return await carryOut(session2, { repository, prepared, opened, maxParallel, options });
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function openerFor(session2, options) {
  const tools = (options.tools ?? []).map((folder) => resolveFolder(session2, folder));
  return demandedOpener({ ...options, tools });
}
async function carryOut(session2, run2) {
  const startedAt = Date.now();
  const watch = openRunWatch(session2, chooseWatchMode(session2, run2.options), startedAt);
  const interrupts = listenForInterrupts(session2.input, (signal) => {
    const text = `stopping (${signal}): what runs is ended in good order; once more stops at once`;
    watch.say([line(text, "warn")]);
    watch.hint(text);
  });
  let outcome;
  try {
    const deps = await openRunDeps(session2, run2, watch);
    outcome = await runPlan(deps, requestOf(run2), {
      signal: interrupts.signal,
      onView: (view, progress) => {
        watch.onView(view, progress);
      },
      onEvent: (event) => {
        watch.onEvent(event);
      }
    });
  } catch (error2) {
    if (!interrupts.signal.aborted) throw error2;
    throw new CliError("interrupted", "Stopped in the middle of a step; nothing is lost.", {
      next: "the same espalier run command goes on from there",
      cause: error2
    });
  } finally {
    interrupts.stop();
    watch.close();
  }
  return conclude(session2, run2, outcome, startedAt);
}
async function openRunDeps(session2, run2, watch) {
  const { repository, prepared } = run2;
  const holder = await describeThisProcess();
  const workers = {
    git: repository.git,
    forge: openLocalForge(repository.git, { stateDir: repository.stateDir }),
    sandbox: run2.opened.sandbox,
    sandboxFor: (task) => sandboxFor(run2.opened, task),
    evidence: repository.evidence,
    files: openWorkFiles(),
    // Ports are the machine's, so that all repositories of this user share the leases.
    ports: openPortLeases({ folder: path8.join(os3.tmpdir(), `espalier-ports-${process7.getuid?.() ?? "user"}`) }),
    clock: SYSTEM_CLOCK,
    log: openOperatorLog({
      isDebug: session2.isDebug,
      write: (text) => {
        watch.say([line(text, session2.isDebug ? "dim" : "warn")]);
      },
      now: Date.now
    }),
    policy: { protectedPaths: prepared.config.protectedPaths, ...prepared.config.limits },
    hostEnv: hostEnvOf(session2),
    checkout: repository.facts.topLevel,
    portRange: prepared.config.ports,
    author: repository.facts.identity ?? { name: "Espalier", email: "espalier@localhost" }
  };
  return {
    workers,
    store: repository.store,
    holder: { id: holder.id, description: `process ${holder.pid} on ${holder.host}` },
    isHolderAlive: async (id) => repository.isHolderAlive(id)
  };
}
function requestOf({ prepared, maxParallel, options }) {
  return {
    plan: prepared.plan,
    baseBranch: prepared.baseBranch,
    baseSha: prepared.baseSha,
    target: prepared.target,
    maxParallel,
    revise: options.revise === true,
    // Checked against the plan when the run was prepared.
    only: options.only ?? []
  };
}
async function conclude(session2, run2, outcome, startedAt) {
  const { repository, opened } = run2;
  if (outcome.kind !== "ended" && outcome.kind !== "interrupted") throw refusalOf(run2, outcome);
  const { view, ledger } = outcome;
  const report = buildRunReport(view, ledger, {
    startedAt,
    endedAt: Date.now(),
    sandbox: { engine: opened.sandbox.engine, reason: opened.reason, waived: opened.sandbox.waived },
    headBranch: repository.facts.headBranch,
    baseTip: await repository.git.readBranch(view.baseBranch),
    isInterrupted: outcome.kind === "interrupted"
  });
  if (run2.options.json === true) session2.printJsonLine({ ...report, type: "report" });
  else {
    const look2 = { isUtf8: session2.out.isUtf8, width: session2.out.width() };
    session2.out.print([[span("")], ...renderRunReport(report, look2)]);
  }
  session2.end(outcome.kind === "interrupted" ? "interrupted" : view.status === "landed" ? "ok" : "findings");
  return { report, view, ledger, stateDir: repository.stateDir };
}
function refusalOf(run2, outcome) {
  const { id } = run2.prepared.plan;
  switch (outcome.kind) {
    case "busy":
      return new CliError("busy", `Another run works on plan '${id}': ${outcome.holder.description}.`, {
        next: `espalier status ${id}`
      });
    case "revision-differs": {
      const { changed, added, removed, isFrameChanged } = outcome.difference;
      const parts = [
        ...changed.length > 0 ? [`changed: ${changed.join(", ")}`] : [],
        ...added.length > 0 ? [`added: ${added.join(", ")}`] : [],
        ...removed.length > 0 ? [`removed: ${removed.join(", ")}`] : [],
        ...isFrameChanged ? ["the title, base, final tests or budget"] : []
      ];
      const what = parts.length > 0 ? parts.join("; ") : "settings";
      return new CliError("revised", `Plan '${id}' is not the one that was accepted (${what}).`, {
        next: "give the same command with --revise to go on with the new one (what landed stays, work on changed tasks is set aside), or take the changes back"
      });
    }
    case "refused":
      return new CliError("unfit", outcome.because, { next: outcome.next });
  }
}
function hostEnvOf(session2) {
  return Object.fromEntries(
    Object.entries(session2.input.env).filter((entry) => entry[1] !== void 0)
  );
}
function defaultParallel() {
  return Math.min(4, os3.availableParallelism());
}

// src/entrypoints/cli/show-demo.ts
var DEMO_PARALLEL = 4;
async function showDemo(session2, options) {
  const folder = await makeFolder(session2, options);
  const places = await makeDemo(folder, {
    node: process8.execPath,
    nodeMajor: Number(process8.versions.node.split(".", 1)[0]),
    env: session2.input.env,
    pauseMs: options.pace
  });
  session2.err.print(introduce(places));
  session2.repositoryDir = places.repository;
  const executed = await executeRun(
    session2,
    places.plan,
    { review: true, maxParallel: DEMO_PARALLEL, ...options.plain === true ? { plain: true } : {} },
    openDemoSandbox(options, places.programs)
  );
  if (executed === null || executed.report.status === "interrupted") return;
  await conclude2(session2, places, executed, folder);
}
async function makeFolder(session2, options) {
  if (options.dir === void 0) return realpath2(await mkdtemp(path9.join(os4.tmpdir(), "espalier-demo-")));
  const folder = path9.resolve(session2.input.cwd, options.dir);
  try {
    await mkdir3(folder);
  } catch (error2) {
    throw new CliError("usage", `The demo cannot be made in '${folder}': it exists, or cannot be made.`, {
      next: "name a folder that does not exist yet",
      cause: error2
    });
  }
  return realpath2(folder);
}
function openDemoSandbox(options, programs, tryOpen = tryOpenSandbox) {
  return async (session2, place) => {
    const common = { image: null, rootfs: null, tools: [programs] };
    if (options.sandbox === "auto") {
      const fast = await tryOpen(session2, place, { ...common, engine: "bubblewrap", waive: [] });
      if (fast.kind === "opened") return { ...fast, reason: "the fastest engine that enforces everything here" };
    }
    const opened = await tryOpen(session2, place, { ...common, engine: options.sandbox, waive: PROPERTIES });
    if (opened.kind === "opened") return opened;
    if (options.sandbox !== "auto")
      throw new CliError("unfit", `No sandbox: ${opened.because}.`, { next: opened.nextStep });
    session2.err.print([
      line("NO SANDBOX: no engine works on this machine, so the scripted agents run without one.", "bad"),
      [span("Install one: "), span(INSTALL_COMMANDS.bubblewrap, "strong")]
    ]);
    session2.note(opened.because);
    const none = await tryOpen(session2, place, { ...common, engine: "none", waive: [] });
    if (none.kind === "opened") return { ...none, reason: "because no engine works here: nothing is enforced" };
    throw new CliError("unfit", `Not even without a sandbox: ${none.because}.`, { next: none.nextStep });
  };
}
function introduce(places) {
  return [
    line("Eight scripted agents work on a small library. Watch for", "strong"),
    line("  three that wait for others, and two that share a lock;"),
    line("  one that its review sends back twice;"),
    line("  one that goes outside of its paths and is refused;"),
    line("  two that write the same lines: the second gets the conflict back."),
    line(`In ${path9.dirname(places.repository)}`, "dim"),
    []
  ];
}
async function conclude2(session2, places, executed, folder) {
  const glyphs = glyphsFor(session2.out.isUtf8);
  const promises = checkDemoOutcome(executed.ledger);
  const graph = await runGitOrFail("showing the history", {
    args: ["log", "--graph", "--oneline", "--no-decorate", executed.view.target],
    env: composeGitEnv({ caller: session2.input.env, scope: "none" }),
    cwd: places.repository
  });
  session2.out.print([
    [],
    line("What you saw", "strong"),
    ...promises.map(({ isKept, text }) => [
      span(`  ${isKept ? glyphs.rules.passed : glyphs.rules.failed} `, isKept ? "good" : "bad"),
      span(text)
    ]),
    [],
    line(showCommand(["git", "log", "--graph", "--oneline", executed.view.target]), "strong"),
    ...paragraph(graph.toString("utf8"), { indent: "  ", style: "plain", maxLines: 60 }),
    [],
    line("Look around", "strong"),
    ...lookAround(session2, places).map((command) => line(`  ${command}`)),
    line(`Remove it all: ${showCommand(["rm", "-rf", folder, executed.stateDir])}`, "dim")
  ]);
  session2.end(promises.every((each) => each.isKept) ? "ok" : "findings");
}
function lookAround(session2, places) {
  const self = showCommand(session2.input.selfCommand);
  return [
    showCommand(["cd", places.repository]),
    ...self === "espalier" ? [] : [`alias espalier=${quoteWord(self)}`],
    "espalier status",
    "espalier why docs-agent",
    "espalier certificate backend-agent",
    "espalier logs security-agent",
    showCommand(["espalier", "check", path9.join("..", path9.basename(places.plan))])
  ];
}

// src/entrypoints/cli/demo-command.ts
function addDemoCommand(program2, session2) {
  const command = program2.command("demo").summary("watch eight scripted agents land a plan, in under a minute").description(
    "Makes a small repository with its own tests in a temporary folder and runs a plan of eight tasks there, with scripted agents and a scripted reviewer instead of models. The exit code is 0 when exactly what was expected happened: seven tasks land and one is refused."
  ).option("--dir <dir>", "make the repository there (must not exist) instead of in a temporary folder").addOption(
    new Option("--sandbox <engine>", `engine of the sandboxes: ${SANDBOX_CHOICES.join(", ")}`).argParser(oneOf(SANDBOX_CHOICES)).default("auto", "auto: one that works here, or none if there is no engine")
  ).addOption(
    new Option("--pace <time>", "pause of the scripted agents at each step").argParser(duration).default(300, "0.3s")
  ).option("--plain", "one line per event instead of live rows").action(async (options) => showDemo(session2, options));
  addExamples(command, [
    ["espalier demo", "watch it"],
    ["espalier demo --sandbox bubblewrap --plain", "in a given sandbox, as lines"]
  ]);
}

// src/entrypoints/cli/doctor-github.ts
import { randomBytes as randomBytes2 } from "node:crypto";

// src/core/register/app-facts.ts
var APP_FACTS = [
  {
    id: "manifest-is-taken",
    claim: "GitHub registers an app from `app.yml` as it stands, with all of its permissions and events.",
    reliedOnBy: ["app.yml", "src/entrypoints/app/manifest.ts"],
    otherwise: "The page on GitHub names what it does not take, and nothing is registered.",
    sources: "The reference describes the form; that `merge_queues` may stand in a manifest is not said.",
    doctor: null,
    smokeStep: 1
  },
  {
    id: "wanted-permission-is-named",
    claim: "A request that lacks a permission is refused by 403, with the permission in `x-accepted-github-permissions`.",
    reliedOnBy: ["src/adapters/github/answer-headers.ts", "src/core/report/hosted/obstacle.ts"],
    otherwise: "The comment about a missing permission does not name it.",
    sources: 'Seen in a report (github/gh-stack#497); the header is mentioned in "Troubleshooting the REST API".',
    doctor: "look",
    smokeStep: null
  },
  {
    id: "observe-query-is-taken",
    claim: "The one query that a reconcile reads everything with fits the schema of GitHub as it is today.",
    reliedOnBy: ["src/adapters/github/observe-query.ts"],
    otherwise: "No plan can be read at all.",
    sources: "It is tested against the published schema, whose newest copy is of early 2025.",
    doctor: "look",
    smokeStep: null
  },
  {
    id: "query-cost-is-counted-so",
    claim: "A query costs a point for each hundred connections that it asks for, by the sizes that it asks for and not by what is found.",
    reliedOnBy: ["src/adapters/github/observe-query.ts", "src/adapters/github/read-pull.ts"],
    otherwise: "Large plans use up the quota sooner than is promised; they wait, and the status comment says so.",
    sources: "The page on limits gives the rule with an example.",
    doctor: "look",
    smokeStep: null
  },
  {
    id: "failed-deliveries-are-listed",
    claim: "The app can list its failed webhooks, and ask for one again, for three days after the first try.",
    reliedOnBy: ["src/core/intake/choose-redeliveries.ts", "src/entrypoints/app/sweep.ts"],
    otherwise: "What is lost for longer is found by the sweep, which looks at all open plans anyway.",
    sources: "REST reference: the endpoints. Three days stand in a third-party text; older pages say thirty.",
    doctor: "write",
    smokeStep: null
  }
];

// src/core/register/branch-facts.ts
var SCHEMA = "GraphQL reference, 'Git'";
var BRANCH_FACTS = [
  {
    id: "refs-create-if-absent",
    claim: "`updateRefs` with a `beforeOid` of zeros creates a branch, and is refused if there is one of that name.",
    reliedOnBy: ["src/adapters/github/perform-branches.ts", "src/core/hosted/publish-heads.ts"],
    otherwise: "Two replicas could both think that they had made a branch; the ledger still decides who goes on.",
    sources: `${SCHEMA}: says so. Not seen on an installation.`,
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "refs-compare-and-swap",
    claim: "`updateRefs` is refused if a branch is not at its `beforeOid`, also when it is forced.",
    reliedOnBy: ["src/adapters/github/perform-branches.ts", "src/core/hosted/landing-way.ts"],
    otherwise: "**Promise 1 falls**: a landing by fast-forward could overwrite somebody's push. The landing has to be set to `merge` in the configuration.",
    sources: `${SCHEMA}: says so. Not seen on an installation.`,
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "refs-delete",
    claim: "`updateRefs` with an `afterOid` of zeros deletes a branch, and only from its `beforeOid`.",
    reliedOnBy: ["src/adapters/github/perform-branches.ts", "src/core/hosted/clean-up.ts"],
    otherwise: "Receipts and branches of landed tasks are left behind; nothing else.",
    sources: `${SCHEMA}: says so. Not seen on an installation.`,
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "refs-atomic",
    claim: "`updateRefs` does all of its updates or none.",
    reliedOnBy: ["src/core/hosted/publish-heads.ts"],
    otherwise: "An attempt could keep its receipt while its branch has moved, or the other way round; the next look at the plan mends it.",
    sources: `${SCHEMA}: says so. Not seen on an installation.`,
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "refs-fast-forward-only",
    claim: "`updateRefs` without `force` is refused unless the new commit descends from the old one.",
    reliedOnBy: ["src/adapters/github/perform-branches.ts"],
    otherwise: "The compare-and-swap alone still guards every move.",
    sources: `${SCHEMA}: implied by the argument's name only.`,
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "ref-exists-words",
    claim: '`POST …/git/refs` for a branch that there is already is refused by 422 with "Reference already exists".',
    reliedOnBy: ["src/adapters/github/write-ledgers.ts"],
    otherwise: "Of two replicas that begin a ledger at once, one logs an error before it looks again.",
    sources: "Error messages in reports; not documented.",
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "mutations-in-order",
    claim: "The mutations of one document are done in order; one that is refused does not keep the next from being done, and its error names it.",
    reliedOnBy: ["src/adapters/github/perform-document.ts"],
    otherwise: "What was not done is done at the next look, one reconcile later.",
    sources: "The GraphQL specification asks for the order; the rest is not documented.",
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "commit-compare-and-swap",
    claim: "`createCommitOnBranch` is refused if the branch is not at `expectedHeadOid`, and the refusal can be told from others.",
    reliedOnBy: ["src/adapters/github/write-ledgers.ts", "src/engine/reconcile-hosted.ts"],
    otherwise: "**Promise 6 falls**: two replicas could overwrite what the other wrote into the ledger. Run one only.",
    sources: "GraphQL reference: says so; the words and the type of the error are not documented.",
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "commit-large-files",
    claim: "`createCommitOnBranch` takes files of some megabytes in one request.",
    reliedOnBy: ["src/adapters/github/write-ledgers.ts"],
    otherwise: "The ledger of a very large plan cannot be written; the plan stops and says so.",
    sources: "No limit is documented. A report of 2025 (grafana/github-api-commit-action#66) saw 40 MB refused.",
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "root-commit",
    claim: "`POST …/git/commits` with an empty list of parents makes a commit without a parent.",
    reliedOnBy: ["src/adapters/github/write-ledgers.ts"],
    otherwise: "No ledger can be begun: the first command is answered by nothing, and the log says why.",
    sources: 'REST reference, "Create a commit": says that the list may be empty or left out. Not seen by an app.',
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "merge-by-name-of-commit",
    claim: "`mergeBranch` merges a commit that is named by its SHA: first parent the base's tip, second that commit, and the tree is the one that git makes of the two.",
    reliedOnBy: ["src/adapters/github/perform-branches.ts", "src/core/hosted/step-trial.ts"],
    otherwise: "Trials are refused (nothing lands), or their tree is another one than was verified and is tested once more than needed.",
    sources: "GraphQL reference: names the arguments; says nothing of the order of parents.",
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "merge-conflict-words",
    claim: '`mergeBranch` refuses a conflict with a message that has the words "merge conflict" in it, and moves nothing.',
    reliedOnBy: ["src/adapters/github/perform-branches.ts"],
    otherwise: "A conflict is taken for a refusal: the task fails with GitHub’s own words instead of being tried again.",
    sources: 'Not documented. REST answers 409 "Merge conflict" to the like.',
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "base-contains-commit",
    claim: "`Ref.compare` says `BEHIND` or `IDENTICAL` for a commit that the branch contains, and for no other.",
    reliedOnBy: ["src/adapters/github/observe-query.ts", "src/adapters/github/read-part.ts"],
    otherwise: "A landing that was made is not seen, and would be made again; the compare-and-swap refuses that.",
    sources: "GraphQL reference: names the states without defining which side is which.",
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "reads-follow-writes",
    claim: "A read of a branch by GraphQL shows a move that was answered before.",
    reliedOnBy: ["src/engine/reconcile-hosted.ts"],
    otherwise: "A reconcile decides on the older state; its compare-and-swap is refused, and it looks again.",
    sources: "Not documented.",
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "archived-words",
    claim: 'A write to an archived repository is refused with words that say that it "was archived so is read-only".',
    reliedOnBy: ["src/adapters/github/retry-rules.ts"],
    otherwise: "The refusal is taken for a missing permission, and the comment about that names the wrong remedy.",
    sources: "Seen in reports; not documented.",
    doctor: "look",
    smokeStep: 9
  },
  {
    id: "api-moves-start-ci",
    claim: "A branch that the app's token makes by `updateRefs` starts the repository's own workflows, as a person's push does.",
    reliedOnBy: ["src/core/hosted/publish-heads.ts", "src/core/hosted/landing-way.ts"],
    otherwise: "Required checks never run on the heads that Espalier publishes, and the gate waits for them.",
    sources: "Documented for pushes with an installation token; not for moves by the API.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "merges-carry-workflows",
    claim: "An app without the permission `workflows` may merge a commit that is older than the last change of a workflow file onto a branch that has the change.",
    reliedOnBy: ["src/adapters/github/perform-branches.ts", "src/adapters/github/perform-landing.ts"],
    otherwise: "After a change of a workflow file on the base, tasks that were begun before it cannot be tried; their trial ends with GitHub’s refusal. Grant `workflows: write`, or retry the tasks.",
    sources: "Reports (chdsbd/kodiak#853, mergify) tell of refusals when a branch is updated or merged; nothing is said of `mergeBranch`.",
    doctor: "write",
    smokeStep: null
  }
];

// src/core/register/job-facts.ts
var JOB_FACTS = [
  {
    id: "job-token-is-actions",
    claim: "For the token of a job, `viewer` is `github-actions[bot]`; for that of an installation it is the bot of its app. `GET /apps/{slug}` gives the id of either.",
    reliedOnBy: ["src/adapters/github/open-by-token.ts"],
    otherwise: "Every job ends with “Reading whose token it is failed”; nothing is done.",
    sources: "Seen in logs of public workflows; not documented.",
    doctor: null,
    smokeStep: 10
  },
  {
    id: "job-dispatch-is-its-own",
    claim: "A dispatch with the token of a job starts a run whose `actor` is `github-actions[bot]`, and answers its id.",
    reliedOnBy: ["src/adapters/github/perform-dispatch.ts"],
    otherwise: "No run is taken for one of ours: the plan says that GitHub started another one, and nothing is done.",
    sources: "Documented: that it starts a run, unlike other events of that token. Of its actor nothing is said.",
    doctor: null,
    smokeStep: 10
  },
  {
    id: "held-run-shows-as-suite",
    claim: "A run that waits for a person’s approval, since the token of a job opened the pull request, has a check suite with the conclusion `ACTION_REQUIRED` and no check run.",
    reliedOnBy: ["src/adapters/github/read-held-runs.ts"],
    otherwise: "The status comment does not name the run that has to be approved; the task waits for its checks.",
    sources: "Changelog and “GITHUB_TOKEN” in the documentation of 2026: that such runs are made. How they are shown is not documented.",
    doctor: null,
    smokeStep: 10
  },
  {
    id: "job-pull-refusal-words",
    claim: "Where the setting is off, the token of a job is refused a pull request with the words “not permitted to create or approve pull requests”.",
    reliedOnBy: ["src/adapters/github/perform-outcomes.ts"],
    otherwise: "The plan shows GitHub’s own words instead of the place of the setting.",
    sources: "Seen in many reports; not documented.",
    doctor: null,
    smokeStep: 10
  },
  {
    id: "job-run-end-starts-jobs",
    claim: "The end of a run that the token of a job has dispatched starts the workflows that wait for it by `workflow_run`.",
    reliedOnBy: ["src/core/setup/render-reconcile.ts"],
    otherwise: "A run that died is noticed by the schedule only. One that ended well says “look again” by itself.",
    sources: "Not documented; `workflow_run` is not among the events that are said to start nothing.",
    doctor: null,
    smokeStep: 10
  }
];

// src/core/register/pull-facts.ts
var PULL_FACTS = [
  {
    id: "pull-merged-by-push",
    claim: "A pull request becomes merged when `updateRefs` moves its base to a commit that contains its head.",
    reliedOnBy: ["src/core/hosted/landing-way.ts", "src/core/hosted/adopt-heads.ts"],
    otherwise: "After a landing by fast-forward the pull request stays open until somebody closes it. The landing itself counts: it is read from the base.",
    sources: 'Documented for a push of a person ("indirect merges"); not for a move by the API.',
    doctor: "write",
    smokeStep: null
  },
  {
    id: "pull-follows-forced-head",
    claim: "A pull request stays open, and shows the new head, when its branch is moved by force.",
    reliedOnBy: ["src/core/hosted/publish-heads.ts"],
    otherwise: "An attempt after the first would need a pull request of its own.",
    sources: "Documented for a forced push; not for a move by the API.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "pull-of-branch",
    claim: "`Ref.associatedPullRequests` lists the pull requests that are from that branch.",
    reliedOnBy: ["src/adapters/github/observe-query.ts"],
    otherwise: "After a crash between opening a pull request and noting it, it is not found; the second is refused.",
    sources: 'GraphQL reference: "A list of pull requests with this ref as the head ref". Not seen by an app.',
    doctor: "write",
    smokeStep: null
  },
  {
    id: "pull-mergeable-is-computed",
    claim: "`mergeable` is `UNKNOWN` at first, and being asked for makes GitHub compute it within a minute.",
    reliedOnBy: ["src/core/gate/rules/mergeable.ts"],
    otherwise: "The gate waits, and says for what.",
    sources: "REST reference: says so of its own field; that no webhook tells the result is nowhere said.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "merge-pins-head",
    claim: "`mergePullRequest` with an `expectedHeadOid` that is not the head is refused, and merges nothing.",
    reliedOnBy: ["src/adapters/github/perform-landing.ts", "src/core/hosted/land-effects.ts"],
    otherwise: "**Promise 1 falls** where pull requests are merged: a push in the last moment could land untested.",
    sources: "GraphQL reference: says so. Not seen by an app.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "check-run-by-graphql",
    claim: "`createCheckRun` by an app takes three buttons, an annotation and an external id; the rollup of the commit shows it with the id of the app.",
    reliedOnBy: ["src/adapters/github/perform-checks.ts", "src/adapters/github/read-pull.ts"],
    otherwise: "`espalier/gate` is not shown, or is not told from the check of another app.",
    sources: "GraphQL schema: has the fields. Examples are all of REST.",
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "check-run-is-updated",
    claim: "`updateCheckRun` turns a check run that is in progress into one that is completed.",
    reliedOnBy: ["src/adapters/github/perform-checks.ts"],
    otherwise: "The gate stays yellow on GitHub; nothing else.",
    sources: "GraphQL schema: has the fields. Not seen by an app.",
    doctor: "scratch",
    smokeStep: null
  },
  {
    id: "checks-are-all-shown",
    claim: "The rollup of a commit shows the checks of all apps, and commit statuses, to an app with the manifest's permissions.",
    reliedOnBy: ["src/adapters/github/observe.ts", "src/core/gate/rules/checks.ts"],
    otherwise: "One that is not shown makes the whole read fail: no plan of that repository goes on until the permission is granted.",
    sources: "Reports (philips-software/pull-request-report-action#557, facebook/sapling#993) say that a status needs `statuses: read`.",
    doctor: "look",
    smokeStep: null
  },
  {
    id: "check-run-is-its-apps",
    claim: "Nobody but the app that made a check run can change it, and no other app can make one under its id.",
    reliedOnBy: ["src/core/gate/rules/checks.ts"],
    otherwise: "**Promise 4 falls** for checks that are demanded of one app: others could forge them.",
    sources: "REST reference: implied only.",
    doctor: null,
    smokeStep: 6
  },
  {
    id: "check-button-sender",
    claim: "A click on a button of a check run sends `check_run.requested_action` to the app, with whoever clicked as its sender.",
    reliedOnBy: ["src/core/intake/read-click.ts"],
    otherwise: "Buttons do nothing. Each has a command that does the same.",
    sources: "REST reference: describes the event; who may click is not documented. Authority is asked for all the same.",
    doctor: null,
    smokeStep: 6
  },
  {
    id: "rules-are-shown",
    claim: "`GET …/rules/branches/{branch}` is answered to an app that has nothing but `metadata: read`.",
    reliedOnBy: ["src/adapters/github/base-rules.ts"],
    otherwise: "Reading the plan fails for want of a permission, which is named in a comment.",
    sources: "REST reference: names no permission in the copies that were read.",
    doctor: "look",
    smokeStep: null
  },
  {
    id: "old-protection-is-shown",
    claim: "A query for `refUpdateRule` and `branchProtectionRule` that an app may not see leaves the rest of the answer whole.",
    reliedOnBy: ["src/adapters/github/observe.ts", "src/adapters/github/base-rules.ts"],
    otherwise: "Reading a plan fails in every repository with a branch protection of the older kind.",
    sources: "Not documented. A report (fpicalausa/remove-stale-branches#76) says that `refUpdateRule` is empty for admins.",
    doctor: "look",
    smokeStep: null
  },
  {
    id: "queue-takes-app",
    claim: "An installation with `merge_queues`, `contents` and `pull_requests` (write) may put a pull request into a merge queue, pinned to its head.",
    reliedOnBy: ["src/adapters/github/perform-landing.ts", "src/core/hosted/landing-way.ts"],
    otherwise: "On a base with a merge queue nothing lands; the refusal stands in the status comment.",
    sources: "One report (github/gh-stack#497) says that these three are enough.",
    doctor: "write",
    smokeStep: 8
  },
  {
    id: "queue-entries-are-shown",
    claim: "`mergeQueue` shows an app each entry, with the commits that its group was built on and that it comes to.",
    reliedOnBy: ["src/adapters/github/read-pull.ts", "src/core/hosted/queue-entries.ts"],
    otherwise: "What the queue has made cannot be judged: nothing of a plan passes it.",
    sources: "GraphQL schema: has the fields, which may be empty; when they are filled is not documented.",
    doctor: "look",
    smokeStep: 8
  },
  {
    id: "queue-asks-by-merge-group",
    claim: "A merge queue sends `merge_group` to the app, and takes the check run `espalier/gate` on its `head_sha`.",
    reliedOnBy: ["src/core/intake/read-hint.ts", "src/core/hosted/answer-queue.ts"],
    otherwise: "Pull requests wait in the queue until its own limit, and come back.",
    sources: "Webhook reference: describes the event; the sequence is told for workflows only.",
    doctor: null,
    smokeStep: 8
  }
];

// src/core/register/run-facts.ts
var RUN_FACTS = [
  {
    id: "dispatch-names-run",
    claim: "A dispatch with `return_run_details` answers the id of the run, which REST shows at once with its node id.",
    reliedOnBy: ["src/adapters/github/perform-dispatch.ts"],
    otherwise: "The run is looked for by its name, which takes a little longer.",
    sources: "REST reference and changelog of 2026-02-19: the id. That the run can be read at once is not documented.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "run-name-is-title",
    claim: "The `run-name` of a workflow, with an input in it, is the `display_title` of the run from the beginning.",
    reliedOnBy: ["src/adapters/github/perform-dispatch.ts", "src/core/intake/read-hint.ts"],
    otherwise: "After a crash a run is not found by its nonce and is dispatched again; only one of the two is named.",
    sources: "REST reference: names both; that they are the same is not documented.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "run-is-listed-soon",
    claim: "A dispatched run is in the list of the workflow's runs, filtered by event and time, within a minute.",
    reliedOnBy: ["src/adapters/github/perform-dispatch.ts"],
    otherwise: "The same as above: a second run that is never named, and ends itself.",
    sources: "Not documented.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "run-is-known-as-own",
    claim: "A run that the app dispatched has its bot `<slug>[bot]` as `actor`, the default branch as `head_branch`, and the file as `path`.",
    reliedOnBy: ["src/adapters/github/perform-dispatch.ts"],
    otherwise: "Every run is taken for somebody else’s, and nothing is ever done.",
    sources: "REST reference: has the fields; nothing is said of dispatches by apps.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "run-by-node-id",
    claim: "`nodes` of GraphQL finds workflow runs by node id, with event, file, and the state of their check suite.",
    reliedOnBy: ["src/adapters/github/observe-query.ts", "src/adapters/github/read-issue.ts"],
    otherwise: "No run is ever seen to begin or end: all are given up after half an hour.",
    sources: "GraphQL schema: has the fields. Not seen by an app.",
    doctor: "look",
    smokeStep: null
  },
  {
    id: "dispatch-of-nothing",
    claim: "A dispatch of a workflow file that is not on the default branch is answered by 404.",
    reliedOnBy: ["src/adapters/github/perform-dispatch.ts"],
    otherwise: "The comment about it says something less helpful.",
    sources: "Not documented.",
    doctor: "look",
    smokeStep: null
  },
  {
    id: "dispatch-refusal-words",
    claim: 'A dispatch is refused with 422 and words about "Unexpected inputs", a "disabled workflow", or a missing "workflow_dispatch" trigger.',
    reliedOnBy: ["src/adapters/github/perform-dispatch.ts"],
    otherwise: "The comment about it has GitHub’s words in it, but not the remedy.",
    sources: "Reports (benc-uk/workflow-dispatch#72, convictional/trigger-workflow-and-wait#4); not documented.",
    doctor: "write",
    smokeStep: 5
  },
  {
    id: "rerun-keeps-id",
    claim: "A run that is started again by hand keeps its id, and counts `run_attempt` up.",
    reliedOnBy: ["src/core/hosted/read-receipt.ts"],
    otherwise: "**Promise 4 is weaker**: what a second attempt left could count. It is bound to the first by its digest.",
    sources: "REST reference: implied.",
    doctor: null,
    smokeStep: 7
  },
  {
    id: "artifact-has-digest",
    claim: "The list of a run's artifacts gives the SHA-256 of each, as `sha256:` and 64 hex digits.",
    reliedOnBy: ["src/adapters/github/read-receipts.ts"],
    otherwise: "No evidence is ever believed: it is waited for until the leg is given up.",
    sources: "REST reference: has the field, which may be empty.",
    doctor: "look",
    smokeStep: null
  },
  {
    id: "artifact-digest-is-of-file",
    claim: "The digest of an artifact that was uploaded as one file, without an archive, is that of the file itself.",
    reliedOnBy: ["src/core/hosted/read-receipt.ts"],
    otherwise: "No evidence is ever believed, since its digest is that of a zip file.",
    sources: "`actions/upload-artifact` 7: has `archive: false`; what is digested then is not documented.",
    doctor: "look",
    smokeStep: null
  }
];

// src/core/register/talk-facts.ts
var TALK_FACTS = [
  {
    id: "labels-are-made",
    claim: "`POST …/labels` makes a label, is refused by 422 where there is one, and `POST …/issues/{number}/labels` sets it.",
    reliedOnBy: ["src/adapters/github/perform-labels.ts"],
    otherwise: "Labels are missing, or have no colour; nothing else.",
    sources: "Reports of 2025 (octokit/rest.js#479, actions/labeler#867): only with `issues: write`, which the app has.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "reaction-stands-once",
    claim: "`addReaction` with a reaction that stands already is no error, and there is still one.",
    reliedOnBy: ["src/adapters/github/perform-comments.ts"],
    otherwise: "A command is answered all the same; the acknowledgement of a second try fails in silence.",
    sources: "REST reference: says so of its own endpoint (200 instead of 201).",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "comment-length",
    claim: "A comment may have 65,536 characters.",
    reliedOnBy: ["src/core/report/hosted/fit-document.ts"],
    otherwise: "The status comment of a large plan is refused, and stays as it was.",
    sources: "Error messages in many reports; not documented.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "edits-are-told",
    claim: "`lastEditedAt` of a comment is empty until it is edited, and never again after that.",
    reliedOnBy: ["src/core/commands/authority.ts", "src/adapters/github/read-comments.ts"],
    otherwise: "**Edited comments could be commands**: somebody who may edit others’ comments could speak for them.",
    sources: 'GraphQL schema: "The moment the editor made the last edit". Not seen by an app.',
    doctor: "write",
    smokeStep: null
  },
  {
    id: "own-comments-are-known",
    claim: "`viewerDidAuthor` is true for what the installation wrote, and its author is a `Bot` with the app's slug as login.",
    reliedOnBy: ["src/adapters/github/read-comments.ts", "src/adapters/github/answer-shapes.ts"],
    otherwise: "The status comment is not found again, and a second one is written.",
    sources: "GraphQL schema: has the fields; what holds for installations is not documented.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "label-setter-is-told",
    claim: "The timeline of an issue names who set a label, as the actor of a `LABELED_EVENT`.",
    reliedOnBy: ["src/adapters/github/observe-query.ts", "src/core/hosted/apply-commands.ts"],
    otherwise: "Labels ask for nothing, since nobody is known to have set them. Commands do the same.",
    sources: "GraphQL schema: has the fields. Not seen by an app.",
    doctor: "write",
    smokeStep: null
  },
  {
    id: "viewer-is-bot",
    claim: "The `viewer` of an installation is its bot: login `<slug>[bot]`, with a numeric id.",
    reliedOnBy: ["src/adapters/github/app-api.ts"],
    otherwise: "The app's own events are not told from others': each of its writes costs one more look.",
    sources: "A report of 2026 (fullsend-ai/fullsend#1953); not documented.",
    doctor: "look",
    smokeStep: null
  },
  {
    id: "permissions-are-shown",
    claim: "`GET …/collaborators/{login}/permission` is answered to an app that has nothing but `metadata: read`.",
    reliedOnBy: ["src/adapters/github/read-permissions.ts", "src/core/commands/authority.ts"],
    otherwise: "Nobody is obeyed; the missing permission is named in a comment.",
    sources: "The published table of permissions (2021) names it under metadata; the page of today was not read.",
    doctor: "look",
    smokeStep: null
  }
];

// src/core/register/github-facts.ts
var ENTRIES = [...BRANCH_FACTS, ...PULL_FACTS, ...RUN_FACTS, ...TALK_FACTS, ...APP_FACTS, ...JOB_FACTS];
var GITHUB_FACTS = ENTRIES;

// src/core/register/job-limits.ts
var JOB_LIMITS = [
  {
    limit: "The repository's own workflows do not start on its pull requests before a person approves them.",
    sequel: "A task whose gate waits for their checks waits for that click; the status comment links each run, and 'Approve workflows to run' is on its page."
  },
  {
    limit: "It opens pull requests only where a setting allows it.",
    sequel: "Tick 'Allow GitHub Actions to create and approve pull requests' under Settings, Actions, General; without it the plan stops and says so."
  },
  {
    limit: "It can push no change of a workflow file.",
    sequel: "A task that changes one ends with that reason, and a person merges its change."
  },
  {
    limit: "No workflow starts for what it pushes to the base.",
    sequel: "What runs after a landing (deployments, for one) is started by hand; the status comment says so."
  },
  {
    limit: "It can neither see nor use a merge queue.",
    sequel: "On a base that has one nothing can land, which is said before anything is started."
  },
  {
    limit: "Its check runs are those of GitHub Actions.",
    sequel: "Every workflow of the repository can make a check of the name 'espalier/gate', so that a rule which asks for it proves less; and clicks on its buttons arrive nowhere, so that it has none."
  }
];

// src/adapters/github/probes/probe-bench.ts
function judge(isAsExpected, expected, found2) {
  return { status: isAsExpected ? "ok" : "differs", expected, found: found2 };
}
function skip(because) {
  return { status: "not-probed", expected: "", found: because };
}
async function refusalOf2(call) {
  try {
    await call();
    return null;
  } catch (error2) {
    if (error2 instanceof GitHubError && !error2.isTransient) return error2;
    throw error2;
  }
}
function wordsOf(refusal) {
  return refusal === null ? "it was not refused" : `refused: ${refusal.because}`;
}
async function mutate({ client }, document, input, answer) {
  const { data } = await client.graphql({
    kind: "mutation",
    document,
    variables: { input },
    what: "Trying what GitHub does",
    answer
  });
  return data;
}
async function query({ client, repository }, fields, answer) {
  const { data } = await client.graphql({
    kind: "query",
    document: `query Probe($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${fields} } }`,
    variables: { owner: repository.owner, name: repository.name },
    what: "Reading what GitHub did",
    answer: external_exports.object({ repository: answer })
  });
  return data.repository;
}
async function rest({ client, repository }, route, parameters, answer, more = {}) {
  return client.rest({
    route: route.replace("/…", "/repos/{owner}/{repo}"),
    parameters: { owner: repository.owner, repo: repository.name, ...parameters },
    what: "Trying what GitHub does",
    answer,
    ...more
  });
}
var POLL_MS2 = 3e3;
var PATIENCE_MS = 6e4;
async function waitFor({ clock, signal }, look2) {
  const untilMs = clock.now() + PATIENCE_MS;
  for (; ; ) {
    const found2 = await look2();
    if (found2 !== null || clock.now() >= untilMs) return found2;
    await clock.sleep(POLL_MS2, signal);
    signal.throwIfAborted();
  }
}
function oncePerVisit(make) {
  const made = /* @__PURE__ */ new WeakMap();
  return (bench) => {
    const known = made.get(bench) ?? make(bench);
    made.set(bench, known);
    return known;
  };
}

// src/adapters/github/probes/app-probes.ts
var NEEDS_APP = "it needs the credentials of the app";
async function probeWantedPermission(bench) {
  if (bench.app === null) return skip(NEEDS_APP);
  const { app, repository, scratch } = bench;
  const ref = `heads/${scratch.branch("never-made")}`;
  const refusal = await refusalOf2(
    () => rest({ client: app.bare, repository }, "DELETE /…/git/refs/{ref}", { ref }, external_exports.unknown())
  );
  const named = refusal?.ending.kind === "forbidden" ? refusal.ending.permission : null;
  return judge(
    named !== null && /\bcontents=write\b/.test(named),
    "refused, with contents=write named",
    refusal?.ending.kind === "forbidden" ? `refused, with ${named ?? "nothing"} named` : wordsOf(refusal)
  );
}
async function probeRules(bench) {
  if (bench.app === null) return skip(NEEDS_APP);
  const { app, repository } = bench;
  const refusal = await refusalOf2(
    () => rest(
      { client: app.bare, repository },
      "GET /…/rules/branches/{branch}",
      { branch: repository.defaultBranch },
      external_exports.array(external_exports.object({ type: external_exports.string() }))
    )
  );
  return judge(refusal === null, "answered", refusal === null ? "answered" : wordsOf(refusal));
}
var Protection = external_exports.object({ defaultBranchRef: external_exports.object({ name: external_exports.string() }) });
async function probeOldProtection(bench) {
  const fields = `defaultBranchRef { name
    refUpdateRule { viewerCanPush }
    branchProtectionRule { requiresStrictStatusChecks }
  }`;
  const refusal = await refusalOf2(() => query(bench, fields, Protection));
  return judge(refusal === null, "answered", refusal === null ? "answered" : wordsOf(refusal));
}
async function probeObserveQuery(bench) {
  const { client, repository } = bench;
  const branch = bench.scratch.branch("never-made");
  const task = "doctor";
  const facts = {
    issue: 1,
    base: repository.defaultBranch,
    tasks: [
      { task, branch, pull: null },
      { task, branch, pull: 1 }
    ],
    trials: [{ task, branch }],
    runs: [],
    receipts: [{ key: "doctor", branch, runId: 1, artifact: "doctor" }],
    landings: [{ commitSha: repository.tip, task }],
    statusComment: null,
    knownSources: /* @__PURE__ */ new Set(),
    logins: []
  };
  const { owner, name } = repository;
  const shape = { hasMergeQueue: true, asksForGate: true, appId: 1, isJobToken: false };
  const context = { owner, name, plan: "issue-1", base: facts.base, ...shape };
  const written = writeObserveQuery(facts, facts, context);
  const { data, errors } = await client.graphql({
    kind: "query",
    ...written,
    what: "Reading as a reconcile reads",
    answer: external_exports.object({ repository: external_exports.object({ id: external_exports.string() }), rateLimit: external_exports.object({ cost: external_exports.number() }) })
  });
  const wrong = errors.filter(
    ({ failure, path: path16 }) => failure.type !== "NOT_FOUND" && !path16.some((one) => DISPENSABLE.has(one))
  );
  const [first] = wrong;
  const cost = `${data.rateLimit.cost} points`;
  return judge(
    first === void 0,
    "answered without an error",
    first === void 0 ? `answered, for ${cost}` : `${client.describe(first.failure)} at ${first.path.join(".")}`
  );
}
var DISPENSABLE = /* @__PURE__ */ new Set(["refUpdateRule", "branchProtectionRule"]);
var COST = `query ProbeCost($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: 100) { nodes { labels(first: 1) { totalCount } comments(first: 1) { totalCount } } }
  }
  rateLimit { cost }
}`;
var EXPECTED_COST = 2;
async function probeCost({ client, repository }) {
  const { data } = await client.graphql({
    kind: "query",
    document: COST,
    variables: { owner: repository.owner, name: repository.name },
    what: "Reading what a query costs",
    answer: external_exports.object({ rateLimit: external_exports.object({ cost: external_exports.number() }) })
  });
  const { cost } = data.rateLimit;
  return judge(cost === EXPECTED_COST, `${EXPECTED_COST} points for 201 connections`, `${cost} points`);
}
var Deliveries = external_exports.array(external_exports.object({ id: external_exports.union([external_exports.number(), external_exports.bigint()]), delivered_at: external_exports.string() }));
async function probeRedelivery(bench) {
  if (bench.app === null) return skip(NEEDS_APP);
  const { app, clock, signal } = bench;
  const failed = await app.client.rest({
    route: "GET /app/hook/deliveries",
    parameters: { per_page: 100, status: "failure" },
    what: "Listing the failed webhooks of the app",
    answer: Deliveries,
    signal
  });
  const sinceMs = clock.now() - REDELIVERY_WINDOW_MS;
  const oldest = failed.findLast(({ delivered_at: at }) => Date.parse(at) > sinceMs);
  if (oldest === void 0) return skip("the list is answered, but no webhook has failed within three days");
  const refusal = await refusalOf2(
    () => app.client.rest({
      route: "POST /app/hook/deliveries/{delivery_id}/attempts",
      parameters: { delivery_id: String(oldest.id) },
      what: "Asking for a webhook again",
      answer: external_exports.unknown()
    })
  );
  const hours = Math.round((clock.now() - Date.parse(oldest.delivered_at)) / 36e5);
  const found2 = `one of ${hours} hours ago ${refusal === null ? "is sent again" : wordsOf(refusal)}`;
  return judge(refusal === null, "sent again", found2);
}

// src/adapters/github/probes/branch-probes.ts
var ZEROS = "0".repeat(40);
var MOVE = "mutation ProbeMove($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }";
var Moved = external_exports.object({ updateRefs: external_exports.object({}) });
function move(bench, moves) {
  const refUpdates = moves.map(({ branch, from, to, force = false }) => ({
    name: `refs/heads/${branch}`,
    beforeOid: from ?? ZEROS,
    afterOid: to ?? ZEROS,
    force
  }));
  return refusalOf2(() => mutate(bench, MOVE, { repositoryId: bench.repository.nodeId, refUpdates }, Moved));
}
async function readTip(bench, branch) {
  const shape = external_exports.object({ ref: external_exports.object({ target: external_exports.object({ oid: CommitName }) }).nullable() });
  const { ref } = await query(bench, `ref(qualifiedName: "refs/heads/${branch}") { target { oid } }`, shape);
  return ref?.target.oid ?? null;
}
function isStale(refusal) {
  return refusal?.ending.kind === "elsewhere";
}
function staleWords(refusal) {
  if (refusal === null || isStale(refusal)) return wordsOf(refusal);
  return `${wordsOf(refusal)}, which the code takes for '${refusal.ending.kind}'`;
}
async function probeCreate(bench) {
  const { root, left } = await bench.scratch.commits();
  const branch = bench.scratch.expect("create");
  const first = await move(bench, [{ branch, from: null, to: root }]);
  const second = await move(bench, [{ branch, from: null, to: left }]);
  const tip = await readTip(bench, branch);
  return judge(
    first === null && second !== null && tip === root,
    "made the first time, and refused the second time",
    `first: ${first === null ? "made" : wordsOf(first)}; second: ${wordsOf(second)}`
  );
}
async function probeSwap(bench) {
  const { root, left, right } = await bench.scratch.commits();
  const branch = await bench.scratch.put("swap", root);
  const plain = await move(bench, [{ branch, from: left, to: right }]);
  const forced = await move(bench, [{ branch, from: left, to: right, force: true }]);
  const isKept = await readTip(bench, branch) === root;
  const fromTip = await move(bench, [{ branch, from: root, to: left }]);
  return judge(
    plain !== null && forced !== null && isKept && fromTip === null,
    "from another commit than its tip refused, also when forced; from its tip moved",
    `${wordsOf(plain)}; forced: ${wordsOf(forced)}; the branch ${isKept ? "stayed" : "MOVED"}; from its tip: ${fromTip === null ? "moved" : wordsOf(fromTip)}`
  );
}
async function probeDelete(bench) {
  const { root, left } = await bench.scratch.commits();
  const branch = await bench.scratch.put("delete", root);
  const wrong = await move(bench, [{ branch, from: left, to: null }]);
  const isKept = await readTip(bench, branch) === root;
  const refusal = await move(bench, [{ branch, from: root, to: null }]);
  const isGone = await readTip(bench, branch) === null;
  return judge(
    wrong !== null && isKept && refusal === null && isGone,
    "deleted from its tip only",
    `from another commit: ${wordsOf(wrong)}; from its tip: ${refusal === null ? isGone ? "deleted" : "answered, but it is still there" : wordsOf(refusal)}`
  );
}
async function probeAtomic(bench) {
  const { root, left, right } = await bench.scratch.commits();
  const one = await bench.scratch.put("atomic-1", root);
  const two = await bench.scratch.put("atomic-2", root);
  const refusal = await move(bench, [
    { branch: one, from: root, to: left },
    { branch: two, from: left, to: right, force: true }
  ]);
  const tips = [await readTip(bench, one), await readTip(bench, two)];
  const moved = tips.filter((tip) => tip !== root).length;
  return judge(
    refusal !== null && moved === 0,
    "of two moves, one of them wrong, none is done",
    `${wordsOf(refusal)}; ${moved} of 2 moved`
  );
}
async function probeFastForward(bench) {
  const { left, right } = await bench.scratch.commits();
  const branch = await bench.scratch.put("sideways", left);
  const plain = await move(bench, [{ branch, from: left, to: right }]);
  const isKept = await readTip(bench, branch) === left;
  const forced = await move(bench, [{ branch, from: left, to: right, force: true }]);
  return judge(
    plain !== null && isKept && forced === null,
    "to a commit that does not descend from its tip refused; moved when forced",
    `${wordsOf(plain)}; forced: ${forced === null ? "moved" : wordsOf(forced)}`
  );
}
async function probeExists(bench) {
  const { root, left } = await bench.scratch.commits();
  const branch = await bench.scratch.put("exists", root);
  const parameters = { ref: `refs/heads/${branch}`, sha: left };
  const refusal = await refusalOf2(() => rest(bench, "POST /…/git/refs", parameters, external_exports.unknown()));
  return judge(
    refusal?.status === 422 && /reference already exists/i.test(refusal.because),
    '422 with the words "Reference already exists"',
    wordsOf(refusal)
  );
}
var THREE = `mutation ProbeOrder($one: UpdateRefsInput!, $two: UpdateRefsInput!, $three: UpdateRefsInput!) {
  one: updateRefs(input: $one) { clientMutationId }
  two: updateRefs(input: $two) { clientMutationId }
  three: updateRefs(input: $three) { clientMutationId }
}`;
async function probeOrder(bench) {
  const { root, left, right } = await bench.scratch.commits();
  const branch = await bench.scratch.put("order", root);
  const input = (beforeOid, afterOid) => ({
    repositoryId: bench.repository.nodeId,
    refUpdates: [{ name: `refs/heads/${branch}`, beforeOid, afterOid, force: true }]
  });
  const { errors } = await bench.client.graphql({
    kind: "mutation",
    document: THREE,
    variables: { one: input(root, left), two: input(root, right), three: input(left, right) },
    what: "Trying several mutations at once",
    answer: external_exports.record(external_exports.string(), external_exports.unknown())
  });
  const named = errors.map(({ path: path16 }) => String(path16[0] ?? "none"));
  const isDone = await readTip(bench, branch) === right;
  return judge(
    named.join() === "two" && isDone,
    "the first and the third done, and an error of the second",
    `the third ${isDone ? "done" : "NOT done"}; ${named.length === 0 ? "no error" : `errors of: ${named.join(", ")}`}`
  );
}
var COMPARED = [
  ["root", "BEHIND"],
  ["left", "IDENTICAL"],
  ["right", "DIVERGED"]
];
async function probeContains(bench) {
  const commits = await bench.scratch.commits();
  const branch = await bench.scratch.put("contains", commits.left);
  const fields = COMPARED.map(([name]) => `${name}: compare(headRef: "${commits[name]}") { status }`).join(" ");
  const Status = external_exports.object({ status: external_exports.string() }).nullable();
  const { ref } = await query(
    bench,
    `ref(qualifiedName: "refs/heads/${branch}") { ${fields} }`,
    external_exports.object({ ref: external_exports.object({ root: Status, left: Status, right: Status }) })
  );
  const found2 = COMPARED.map(([name]) => ref[name]?.status ?? "nothing");
  const expected = COMPARED.map(([, status]) => status);
  return judge(
    found2.join() === expected.join(),
    `an ancestor ${expected[0]}, the tip ${expected[1]}, a commit beside it ${expected[2]}`,
    `an ancestor ${found2[0]}, the tip ${found2[1]}, a commit beside it ${found2[2]}`
  );
}
var READS = 3;
async function probeReadAfterWrite(bench) {
  const { root, left } = await bench.scratch.commits();
  const branch = await bench.scratch.put("read", root);
  let [from, to] = [root, left];
  let seen = 0;
  for (let turn = 0; turn < READS; turn += 1) {
    await move(bench, [{ branch, from, to, force: true }]);
    if (await readTip(bench, branch) === to) seen += 1;
    [from, to] = [to, from];
  }
  return judge(seen === READS, `${READS} of ${READS} moves seen at once`, `${seen} of ${READS} moves seen at once`);
}
async function probeArchived(bench) {
  const { repository } = bench;
  if (!repository.isArchived) return skip("the repository is not archived");
  const branch = bench.scratch.branch("archived");
  const refusal = await move(bench, [{ branch, from: null, to: repository.tip }]);
  const isKnown = refusal !== null && refusal.ending.kind === "refused" && /archived/i.test(refusal.because);
  return judge(isKnown, "refused, in words that tell it from a missing permission", staleWords(refusal));
}

// src/adapters/github/probes/check-probes.ts
var CREATE = "mutation ProbeCheck($input: CreateCheckRunInput!) { createCheckRun(input: $input) { checkRun { id } } }";
var Created = external_exports.object({ createCheckRun: external_exports.object({ checkRun: external_exports.object({ id: external_exports.string() }) }) });
var UPDATE = "mutation ProbeCheckEnd($input: UpdateCheckRunInput!) { updateCheckRun(input: $input) { checkRun { status conclusion } } }";
var Updated = external_exports.object({
  updateCheckRun: external_exports.object({ checkRun: external_exports.object({ status: external_exports.string(), conclusion: external_exports.string().nullable() }) })
});
var NAME = "espalier/doctor";
var EXTERNAL_ID = "doctor/check";
var BUTTONS = ["review", "retry", "why"].map((identifier) => ({
  label: identifier,
  identifier,
  description: "Does nothing: a button of the doctor"
}));
async function makeCheckRun(bench, headSha, isDone) {
  const made = await mutate(
    bench,
    CREATE,
    {
      repositoryId: bench.repository.nodeId,
      name: NAME,
      headSha,
      externalId: EXTERNAL_ID,
      ...isDone ? { status: "COMPLETED", conclusion: "ACTION_REQUIRED", actions: BUTTONS } : { status: "IN_PROGRESS" },
      output: {
        title: "A check run of the doctor",
        summary: "It shows what check runs of an app can have.",
        text: "Nothing depends on it.",
        annotations: [
          {
            path: "base.txt",
            location: { startLine: 1, endLine: 1 },
            annotationLevel: "NOTICE",
            message: "An annotation of the doctor"
          }
        ]
      }
    },
    Created
  );
  return made.createCheckRun.checkRun.id;
}
var Shown = external_exports.object({
  object: external_exports.object({
    statusCheckRollup: external_exports.object({
      contexts: external_exports.object({
        nodes: external_exports.array(
          external_exports.object({
            id: external_exports.string().optional(),
            externalId: external_exports.string().nullish(),
            checkSuite: external_exports.object({ app: external_exports.object({ databaseId: external_exports.number().nullable() }).nullable() }).optional()
          }).nullable()
        )
      })
    }).nullable()
  }).nullable()
});
async function probeCheckRun(bench) {
  const { left } = await bench.scratch.commits();
  await bench.scratch.put("check", left);
  const id = await makeCheckRun(bench, left, true);
  const { object } = await query(
    bench,
    `object(oid: "${left}") { ... on Commit { statusCheckRollup { contexts(first: 100) { nodes {
      ... on CheckRun { id externalId checkSuite { app { databaseId } } }
    } } } } }`,
    Shown
  );
  const shown = object?.statusCheckRollup?.contexts.nodes.find((one) => one?.id === id) ?? null;
  const expected = "made, and shown in the rollup with its external id and the id of the app";
  if (shown === null) return judge(false, expected, "made, and not shown in the rollup");
  const appId = shown.checkSuite?.app?.databaseId ?? null;
  const isOurs = bench.app === null ? appId !== null : appId === bench.app.id;
  return judge(
    isOurs && shown.externalId === EXTERNAL_ID,
    expected,
    `made, and shown with ${shown.externalId === EXTERNAL_ID ? "its" : "another"} external id, as of the app ${appId ?? "nobody"}`
  );
}
async function probeCheckRunUpdate(bench) {
  const { right } = await bench.scratch.commits();
  await bench.scratch.put("check-update", right);
  const checkRunId = await makeCheckRun(bench, right, false);
  const input = { repositoryId: bench.repository.nodeId, checkRunId, status: "COMPLETED", conclusion: "SUCCESS" };
  const { updateCheckRun } = await mutate(bench, UPDATE, input, Updated);
  const { status, conclusion } = updateCheckRun.checkRun;
  return judge(
    status === "COMPLETED" && conclusion === "SUCCESS",
    "COMPLETED, SUCCESS",
    `${status}, ${conclusion ?? "no conclusion"}`
  );
}
var HISTORY = `query ProbeRollups($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { target { ... on Commit { history(first: 10) { nodes {
      statusCheckRollup { contexts(first: 100) { nodes { __typename } } }
    } } } } }
  }
}`;
var Rollups = external_exports.object({
  repository: external_exports.object({
    defaultBranchRef: external_exports.object({
      target: external_exports.object({
        history: external_exports.object({
          nodes: external_exports.array(
            external_exports.object({
              statusCheckRollup: external_exports.object({ contexts: external_exports.object({ nodes: external_exports.array(external_exports.object({ __typename: external_exports.string() }).nullable()) }) }).nullable()
            })
          )
        })
      })
    })
  })
});
async function probeAllChecks({ client, repository }) {
  const { data, errors } = await client.graphql({
    kind: "query",
    document: HISTORY,
    variables: { owner: repository.owner, name: repository.name },
    what: "Reading the checks of the last commits",
    answer: Rollups
  });
  const contexts = data.repository.defaultBranchRef.target.history.nodes.flatMap(
    (commit) => commit.statusCheckRollup?.contexts.nodes ?? []
  );
  const hidden = contexts.filter((one) => one === null).length;
  const [first] = errors;
  if (first !== void 0)
    return judge(false, "every check shown", `${hidden} hidden: ${client.describe(first.failure)}`);
  const statuses = contexts.filter((one) => one?.__typename === "StatusContext").length;
  if (statuses === 0) return skip("the last ten commits of the default branch have no commit status");
  return judge(true, "every check shown", `all shown, ${statuses} commit statuses among them`);
}

// src/adapters/github/probes/commit-probes.ts
var COMMIT = `mutation ProbeCommit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid parents(first: 2) { nodes { oid } } } }
}`;
var Committed = external_exports.object({
  createCommitOnBranch: external_exports.object({
    commit: external_exports.object({ oid: CommitName, parents: external_exports.object({ nodes: external_exports.array(external_exports.object({ oid: CommitName })) }) })
  })
});
var MERGE = `mutation ProbeMerge($input: MergeBranchInput!) {
  mergeBranch(input: $input) { mergeCommit { oid tree { oid } parents(first: 3) { nodes { oid } } } }
}`;
var Merged = external_exports.object({
  mergeBranch: external_exports.object({
    mergeCommit: Commit.extend({ parents: external_exports.object({ nodes: external_exports.array(external_exports.object({ oid: CommitName })) }) })
  })
});
var LARGE_BYTES = 2 * 1024 * 1024;
async function commitOn(bench, { branch, expected, content }) {
  const { owner, name } = bench.repository;
  const input = {
    branch: { repositoryNameWithOwner: `${owner}/${name}`, branchName: branch },
    expectedHeadOid: expected,
    message: { headline: "Espalier doctor: commit" },
    fileChanges: { additions: [{ path: "ledger.json", contents: Buffer.from(content).toString("base64") }] }
  };
  const made = await mutate(bench, COMMIT, input, Committed);
  return made.createCommitOnBranch.commit;
}
async function probeCommitSwap(bench) {
  const { root, left } = await bench.scratch.commits();
  const branch = await bench.scratch.put("commit", root);
  const content = Buffer.from("{}\n");
  const wrong = await refusalOf2(() => commitOn(bench, { branch, expected: left, content }));
  const isKept = await readTip(bench, branch) === root;
  const made = await commitOn(bench, { branch, expected: root, content });
  const parents = made.parents.nodes.map(({ oid }) => oid);
  const isChild = parents.length === 1 && parents[0] === root && await readTip(bench, branch) === made.oid;
  return judge(
    isStale(wrong) && isKept && isChild,
    "on another commit than its tip refused as stale; on its tip made",
    `${staleWords(wrong)}; the branch ${isKept ? "stayed" : "MOVED"}; on its tip: ${isChild ? "made" : "made with other parents"}`
  );
}
async function probeLargeCommit(bench) {
  const { root } = await bench.scratch.commits();
  const branch = await bench.scratch.put("large", root);
  const content = Buffer.alloc(LARGE_BYTES, "ledger\n");
  const refusal = await refusalOf2(() => commitOn(bench, { branch, expected: root, content }));
  const size = `${LARGE_BYTES / 1024 ** 2} MiB`;
  return judge(refusal === null, `${size} taken`, refusal === null ? `${size} taken` : `${size} ${wordsOf(refusal)}`);
}
async function probeRootCommit(bench) {
  const { rootParents } = await bench.scratch.commits();
  return judge(rootParents === 0, "a commit without a parent", `a commit with ${rootParents} parents`);
}
async function merge(bench, base, head) {
  const input = {
    repositoryId: bench.repository.nodeId,
    base,
    head,
    commitMessage: "Espalier doctor: merge"
  };
  return (await mutate(bench, MERGE, input, Merged)).mergeBranch.mergeCommit;
}
async function probeMerge(bench) {
  const { left, right, mergedTree } = await bench.scratch.commits();
  const branch = await bench.scratch.put("merge", left);
  const made = await merge(bench, branch, right);
  const parents = made.parents.nodes.map(({ oid }) => oid);
  const hasParents = parents.join() === [left, right].join();
  const hasTree = made.tree.oid === mergedTree;
  const isThere = await readTip(bench, branch) === made.oid;
  return judge(
    hasParents && hasTree && isThere,
    "the branch at a commit with the parents tip and head, and the tree of both",
    `${hasParents ? "the parents tip and head" : `${parents.length} other parents`}; ${hasTree ? "the tree of both" : "ANOTHER tree"}; the branch ${isThere ? "is at it" : "is elsewhere"}`
  );
}
async function probeConflict(bench) {
  const { red, green } = await bench.scratch.commits();
  const branch = await bench.scratch.put("conflict", red);
  const refusal = await refusalOf2(() => merge(bench, branch, green));
  const isKept = await readTip(bench, branch) === red;
  return judge(
    refusal !== null && /merge conflict/i.test(refusal.because) && isKept,
    'refused with the words "merge conflict", and the branch stays',
    `${wordsOf(refusal)}; the branch ${isKept ? "stayed" : "MOVED"}`
  );
}
var Suites = external_exports.object({
  object: external_exports.object({
    checkSuites: external_exports.object({ nodes: external_exports.array(external_exports.object({ workflowRun: external_exports.object({ event: external_exports.string() }).nullable() })) })
  }).nullable()
});
async function probeStartsCi(bench) {
  const { scratch, repository } = bench;
  const Tip = external_exports.object({ object: external_exports.object({ tree: external_exports.object({ oid: TreeName }) }).nullable() });
  const { object } = await query(bench, `object(oid: "${repository.tip}") { ... on Commit { tree { oid } } }`, Tip);
  if (object === null) return skip("the default branch has no tree that can be read");
  const fresh = await scratch.commit(object.tree.oid, [repository.tip], "does this start the workflows?");
  const refusal = await move(bench, [{ branch: scratch.expect("ci"), from: null, to: fresh }]);
  if (refusal !== null) return judge(false, "moved", wordsOf(refusal));
  const fields = `object(oid: "${fresh}") { ... on Commit { checkSuites(first: 50) { nodes { workflowRun { event } } } } }`;
  const found2 = await waitFor(bench, async () => {
    const { object: commit } = await query(bench, fields, Suites);
    return commit?.checkSuites.nodes.find(({ workflowRun }) => workflowRun?.event === "push") ?? null;
  });
  if (found2 === null)
    return skip("no workflow started within a minute; only one that runs on every push could show it");
  return judge(true, "a run by the event push", "a run by the event push");
}
var LastChange = external_exports.object({
  defaultBranchRef: external_exports.object({
    target: external_exports.object({
      history: external_exports.object({
        nodes: external_exports.array(
          external_exports.object({
            oid: CommitName,
            parents: external_exports.object({ nodes: external_exports.array(external_exports.object({ oid: CommitName, tree: external_exports.object({ oid: TreeName }) })) })
          })
        )
      })
    })
  })
});
async function probeOldWorkflows(bench) {
  const { scratch, repository } = bench;
  const { defaultBranchRef } = await query(
    bench,
    `defaultBranchRef { target { ... on Commit { history(first: 1, path: ".github/workflows") {
      nodes { oid parents(first: 1) { nodes { oid tree { oid } } } }
    } } } }`,
    LastChange
  );
  const [before] = defaultBranchRef.target.history.nodes[0]?.parents.nodes ?? [];
  if (before === void 0) return skip("no workflow file of the default branch was changed after its first commit");
  const tree = await scratch.tree({ [`espalier-doctor/${scratch.branch("old")}.txt`]: "old\n" }, before.tree.oid);
  const old = await scratch.commit(tree, [before.oid], "older than the last change of a workflow");
  const branch = await scratch.put("old-workflows", repository.tip);
  const refusal = await refusalOf2(() => merge(bench, branch, old));
  return judge(refusal === null, "merged", refusal === null ? "merged" : wordsOf(refusal));
}

// src/adapters/github/probes/pull-probes.ts
var OPEN = "mutation ProbeOpen($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { id number } } }";
var Opened = external_exports.object({
  createPullRequest: external_exports.object({ pullRequest: external_exports.object({ id: external_exports.string(), number: external_exports.number().int() }) })
});
var MERGE2 = "mutation ProbeMergePull($input: MergePullRequestInput!) { mergePullRequest(input: $input) { pullRequest { state } } }";
var MergedPull = external_exports.object({ mergePullRequest: external_exports.object({ pullRequest: external_exports.object({ state: external_exports.string() }) }) });
var ENQUEUE = "mutation ProbeEnqueue($input: EnqueuePullRequestInput!) { enqueuePullRequest(input: $input) { mergeQueueEntry { id } } }";
var BODY = "Opened by `espalier doctor --github --write` to see what GitHub does. It closes by itself; nothing of it is to be merged by hand.";
async function openPull(bench, wanted) {
  const input = {
    repositoryId: bench.repository.nodeId,
    baseRefName: wanted.base,
    headRefName: wanted.head,
    title: "Espalier doctor: a pull request to try things on",
    body: BODY,
    draft: wanted.draft ?? false
  };
  const { createPullRequest } = await mutate(bench, OPEN, input, Opened);
  const { id, number } = createPullRequest.pullRequest;
  bench.scratch.remember(`the pull request #${number}`, () => closePull(bench.lasting, number));
  return { id, number };
}
async function closePull(visit3, number) {
  const { state } = await readPull(visit3, number);
  if (state !== "OPEN") return;
  await rest(visit3, "PATCH /…/pulls/{pull_number}", { pull_number: number, state: "closed" }, external_exports.unknown());
}
var PullState = external_exports.object({
  pullRequest: external_exports.object({ state: external_exports.string(), headRefOid: CommitName, mergeable: external_exports.string() })
});
async function readPull(visit3, number) {
  const fields = `pullRequest(number: ${number}) { state headRefOid mergeable }`;
  return (await query(visit3, fields, PullState)).pullRequest;
}
var tryPull = oncePerVisit(async (bench) => {
  const { scratch } = bench;
  const { left, merged } = await scratch.commits();
  const base = await scratch.put("pull-base", left);
  const head = await scratch.put("pull-head", merged);
  const opened = await openPull(bench, { base, head });
  await refusalOf2(() => makeCheckRun(bench, merged, true));
  return { ...opened, head, headSha: merged };
});
async function probePullOfBranch(bench) {
  const { head, number } = await tryPull(bench);
  const { ref } = await query(
    bench,
    `ref(qualifiedName: "refs/heads/${head}") { associatedPullRequests(first: 5) { nodes { number } } }`,
    external_exports.object({
      ref: external_exports.object({ associatedPullRequests: external_exports.object({ nodes: external_exports.array(external_exports.object({ number: external_exports.number() })) }) })
    })
  );
  const found2 = ref.associatedPullRequests.nodes.map((one) => one.number);
  return judge(
    found2.includes(number),
    "the pull request found",
    found2.length === 0 ? "none found" : `found #${found2.join(", #")}`
  );
}
async function probeMergeable(bench) {
  const { number } = await tryPull(bench);
  const first = (await readPull(bench, number)).mergeable;
  const later = await waitFor(bench, async () => {
    const { mergeable } = await readPull(bench, number);
    return mergeable === "UNKNOWN" ? null : mergeable;
  });
  return judge(
    later === "MERGEABLE",
    "MERGEABLE within a minute",
    `${first} at first, ${later ?? "still UNKNOWN"} within a minute`
  );
}
async function probeForcedHead(bench) {
  const { head, headSha, number } = await tryPull(bench);
  const { right } = await bench.scratch.commits();
  const refusal = await move(bench, [{ branch: head, from: headSha, to: right, force: true }]);
  if (refusal !== null) return judge(false, "moved", wordsOf(refusal));
  const followed = await waitFor(bench, async () => {
    const pull = await readPull(bench, number);
    return pull.headRefOid === right ? pull.state : null;
  });
  await move(bench, [{ branch: head, from: right, to: headSha, force: true }]);
  return judge(
    followed === "OPEN",
    "open, with the new head",
    followed === null ? "the old head, after a minute" : `${followed.toLowerCase()}, with the new head`
  );
}
async function probeMergePin(bench) {
  const { id, number, headSha } = await tryPull(bench);
  const { right } = await bench.scratch.commits();
  const { mergeMethod } = bench.repository;
  await waitFor(bench, async () => (await readPull(bench, number)).headRefOid === headSha ? true : null);
  const tryMerge = (expectedHeadOid) => refusalOf2(() => mutate(bench, MERGE2, { pullRequestId: id, expectedHeadOid, mergeMethod }, MergedPull));
  const wrong = await tryMerge(right);
  const { state } = await readPull(bench, number);
  const expected = "with another head refused; with its head merged";
  if (wrong === null || state !== "OPEN")
    return judge(false, expected, `with another head ${wordsOf(wrong)}; it is ${state.toLowerCase()}`);
  const refusal = await tryMerge(headSha);
  return judge(
    refusal === null,
    expected,
    `with another head ${wordsOf(wrong)}; with its head ${refusal === null ? "merged" : wordsOf(refusal)}`
  );
}
async function probeMergedByPush(bench) {
  const { scratch } = bench;
  const { left, merged } = await scratch.commits();
  const base = await scratch.put("push-base", left);
  const head = await scratch.put("push-head", merged);
  const { number } = await openPull(bench, { base, head });
  const refusal = await move(bench, [{ branch: base, from: left, to: merged }]);
  if (refusal !== null) return judge(false, "moved", wordsOf(refusal));
  const state = await waitFor(bench, async () => {
    const pull = await readPull(bench, number);
    return pull.state === "OPEN" ? null : pull.state;
  });
  return judge(state === "MERGED", "MERGED within a minute", state ?? "still open after a minute");
}
async function probeQueue(bench) {
  const { scratch, repository } = bench;
  const Queue = external_exports.object({ mergeQueue: external_exports.object({ id: external_exports.string() }).nullable() });
  const { mergeQueue } = await query(bench, "mergeQueue { id }", Queue);
  if (mergeQueue === null) return skip("the default branch has no merge queue");
  const Tip = external_exports.object({ object: external_exports.object({ tree: external_exports.object({ oid: TreeName }) }) });
  const { object } = await query(bench, `object(oid: "${repository.tip}") { ... on Commit { tree { oid } } }`, Tip);
  const tree = await scratch.tree({ "espalier-doctor.txt": "not to be merged\n" }, object.tree.oid);
  const onTop = await scratch.commit(tree, [repository.tip], "a draft that nothing merges");
  const head = await scratch.put("queue-head", onTop);
  const { id } = await openPull(bench, { base: repository.defaultBranch, head, draft: true });
  const { right } = await scratch.commits();
  const input = { pullRequestId: id, expectedHeadOid: right };
  const refusal = await refusalOf2(() => mutate(bench, ENQUEUE, input, external_exports.object({ enqueuePullRequest: external_exports.object({}) })));
  const isAllowed = refusal !== null && refusal.ending.kind !== "forbidden";
  return judge(isAllowed, "refused, but not for want of a permission", wordsOf(refusal));
}
var Oid = external_exports.object({ oid: CommitName }).nullable();
var Entries = external_exports.object({
  mergeQueue: external_exports.object({
    entries: external_exports.object({
      nodes: external_exports.array(external_exports.object({ state: external_exports.string(), baseCommit: Oid, headCommit: Oid }).nullable())
    })
  }).nullable()
});
async function probeQueueEntries(bench) {
  const fields = "mergeQueue { entries(first: 10) { nodes { state baseCommit { oid } headCommit { oid } } } }";
  const { mergeQueue } = await query(bench, fields, Entries);
  if (mergeQueue === null) return skip("the default branch has no merge queue");
  const [entry] = mergeQueue.entries.nodes.filter((one) => one !== null);
  if (entry === void 0) return skip("the merge queue is empty");
  const isWhole = entry.baseCommit !== null && entry.headCommit !== null;
  return judge(
    isWhole,
    "an entry with both commits of its group",
    `an entry, ${entry.state}, ${isWhole ? "with both commits of its group" : "without a commit of its group"}`
  );
}

// src/adapters/github/probes/run-probes.ts
import { createHash as createHash2 } from "node:crypto";
var Run = external_exports.object({
  id: external_exports.number().int(),
  node_id: external_exports.string(),
  display_title: external_exports.string(),
  event: external_exports.string(),
  path: external_exports.string(),
  head_branch: external_exports.string().nullable(),
  actor: external_exports.object({ login: external_exports.string() }).nullish()
});
var Runs = external_exports.object({ workflow_runs: external_exports.array(Run) });
var Details = external_exports.object({ workflow_run_id: external_exports.number().int() });
var DISPATCH = "POST /…/actions/workflows/{workflow_id}/dispatches";
var RUNS = "GET /…/actions/workflows/{workflow_id}/runs";
var PLAN = "doctor";
var dispatchRun = oncePerVisit(async (bench) => {
  const nonce = bench.scratch.branch("run").replaceAll("/", ".");
  const atMs = bench.clock.now();
  let id = null;
  const refusal = await refusalOf2(async () => {
    const answer = await dispatch(bench, bench.workflow, {
      plan: PLAN,
      legs: "[]",
      nonce,
      ledger: bench.repository.tip
    });
    id = answer.success ? answer.data.workflow_run_id : null;
  });
  if (refusal !== null) return { kind: "refused", refusal };
  if (id === null) return { kind: "run", dispatched: { nonce, atMs, id, run: null } };
  cancelLater(bench, id);
  return { kind: "run", dispatched: { nonce, atMs, id, run: await readRun(bench, id) } };
});
async function dispatch(bench, workflow, inputs) {
  const parameters = { workflow_id: workflow, ref: bench.repository.defaultBranch, inputs, return_run_details: true };
  return Details.safeParse(await rest(bench, DISPATCH, parameters, external_exports.unknown()));
}
function cancelLater(bench, id) {
  bench.scratch.remember(`the run ${id}`, async () => {
    const refusal = await refusalOf2(
      () => rest(bench.lasting, "POST /…/actions/runs/{run_id}/cancel", { run_id: id }, external_exports.unknown())
    );
    if (refusal !== null && refusal.status !== 409) throw refusal;
  });
}
async function readRun(bench, id) {
  try {
    return await rest(bench, "GET /…/actions/runs/{run_id}", { run_id: id }, Run);
  } catch (error2) {
    if (error2 instanceof GitHubError && error2.ending.kind === "gone") return null;
    throw error2;
  }
}
async function listRuns(bench, filter) {
  const found2 = await rest(bench, RUNS, { workflow_id: bench.workflow, ...filter }, Runs);
  return found2.workflow_runs;
}
function explainNoRun(bench, tried) {
  if (tried.kind === "run") return null;
  const { refusal } = tried;
  if (refusal.ending.kind === "forbidden") throw refusal;
  return skip(`the workflow ${bench.workflow} cannot be dispatched (${refusal.because})`);
}
async function probeDispatch(bench) {
  const tried = await dispatchRun(bench);
  if (tried.kind === "refused") return explainNoRun(bench, tried) ?? skip("");
  const { id, run: run2 } = tried.dispatched;
  const found2 = id === null ? "no id in the answer" : run2 === null ? "an id, but no such run yet" : "an id, and the run";
  return judge(run2 !== null, "an id, and the run", found2);
}
async function probeRunName(bench) {
  const tried = await dispatchRun(bench);
  if (tried.kind === "refused") return explainNoRun(bench, tried) ?? skip("");
  const { nonce, run: run2 } = tried.dispatched;
  if (run2 === null) return skip("the run cannot be read");
  const expected = `espalier ${PLAN} ${nonce}`;
  return judge(run2.display_title === expected, expected, run2.display_title);
}
async function probeOwnRun(bench) {
  if (bench.app === null) return skip("it needs the credentials of the app");
  const tried = await dispatchRun(bench);
  if (tried.kind === "refused") return explainNoRun(bench, tried) ?? skip("");
  const { run: run2 } = tried.dispatched;
  if (run2 === null) return skip("the run cannot be read");
  const say = (actor, branch, path16) => `by ${actor}, on ${branch}, of ${path16}`;
  const expected = say(`${bench.app.slug}[bot]`, bench.repository.defaultBranch, `.github/workflows/${bench.workflow}`);
  const found2 = say(run2.actor?.login ?? "nobody", run2.head_branch ?? "no branch", run2.path.split("@", 1)[0] ?? "");
  return judge(found2 === expected, expected, found2);
}
async function probeRunList(bench) {
  const tried = await dispatchRun(bench);
  if (tried.kind === "refused") return explainNoRun(bench, tried) ?? skip("");
  const { nonce, atMs } = tried.dispatched;
  const since = new Date(atMs - 6e4).toISOString().replace(/\.\d+Z$/, "Z");
  const found2 = await waitFor(bench, async () => {
    const runs2 = await listRuns(bench, { event: "workflow_dispatch", created: `>=${since}`, per_page: 100 });
    return runs2.find((run2) => run2.display_title.endsWith(` ${nonce}`)) ?? null;
  });
  return judge(found2 !== null, "listed within a minute", found2 === null ? "not listed within a minute" : "listed");
}
async function probeRefusalWords(bench) {
  const tried = await dispatchRun(bench);
  if (tried.kind === "refused") return explainNoRun(bench, tried) ?? skip("");
  let id = null;
  const refusal = await refusalOf2(async () => {
    const answer = await dispatch(bench, bench.workflow, { espalier_doctor: "an input that no workflow has" });
    id = answer.success ? answer.data.workflow_run_id : null;
  });
  if (id !== null) cancelLater(bench, id);
  return judge(
    refusal?.status === 422 && /unexpected inputs/i.test(refusal.because),
    '422 with the words "Unexpected inputs"',
    wordsOf(refusal)
  );
}
async function probeNoWorkflow(bench) {
  const refusal = await refusalOf2(() => dispatch(bench, "espalier-doctor-has-no-such-file.yml", {}));
  if (refusal?.ending.kind === "forbidden") throw refusal;
  return judge(refusal?.status === 404, "refused with 404", wordsOf(refusal));
}
var listNewest = oncePerVisit(async (bench) => {
  try {
    return await listRuns(bench, { per_page: 5 });
  } catch (error2) {
    if (error2 instanceof GitHubError && error2.ending.kind === "gone") return [];
    throw error2;
  }
});
var RunNodes = external_exports.object({
  nodes: external_exports.array(
    external_exports.object({
      id: external_exports.string(),
      event: external_exports.string(),
      file: external_exports.object({ path: external_exports.string() }).nullable(),
      checkSuite: external_exports.object({ status: external_exports.string(), conclusion: external_exports.string().nullable() })
    }).nullable()
  )
});
async function probeRunNode(bench) {
  const [run2] = await listNewest(bench);
  if (run2 === void 0) return skip(`the workflow ${bench.workflow} has no run yet`);
  const { data } = await bench.client.graphql({
    kind: "query",
    document: `query ProbeRun($ids: [ID!]!) { nodes(ids: $ids) {
      ... on WorkflowRun { id event file { path } checkSuite { status conclusion } }
    } }`,
    variables: { ids: [run2.node_id] },
    what: "Reading a run by its node id",
    answer: RunNodes
  });
  const [node] = data.nodes;
  const path16 = `.github/workflows/${bench.workflow}`;
  const found2 = node == null ? "nothing" : `${node.event} of ${node.file?.path ?? "no file"}, ${node.checkSuite.status}`;
  return judge(
    node?.event === run2.event && node.file?.path === path16,
    `${run2.event} of ${path16}, with the state of its suite`,
    found2
  );
}
var Artifacts = external_exports.object({
  artifacts: external_exports.array(
    external_exports.object({
      id: external_exports.number().int(),
      name: external_exports.string(),
      digest: external_exports.string().nullish(),
      expired: external_exports.boolean()
    })
  )
});
var MAX_ARTIFACT_BYTES = 8 * 1024 * 1024;
var listArtifacts = oncePerVisit(async (bench) => {
  const all = [];
  for (const run2 of await listNewest(bench)) {
    const route = "GET /…/actions/runs/{run_id}/artifacts";
    const { artifacts } = await rest(bench, route, { run_id: run2.id, per_page: 100 }, Artifacts);
    all.push(...artifacts);
  }
  return all;
});
async function probeDigest(bench) {
  const artifacts = await listArtifacts(bench);
  if (artifacts.length === 0) return skip(`the newest runs of ${bench.workflow} left no artifact`);
  const without = artifacts.filter(({ digest }) => !/^sha256:[0-9a-f]{64}$/.test(digest ?? ""));
  return judge(
    without.length === 0,
    "each has a SHA-256",
    without.length === 0 ? `all ${artifacts.length} have one` : `${without.length} of ${artifacts.length} have none`
  );
}
async function probeFileDigest(bench) {
  const artifact = (await listArtifacts(bench)).find(
    ({ name, expired }) => !expired && /^espalier-.+-evidence\.json$/.test(name)
  );
  if (artifact === void 0) return skip(`the newest runs of ${bench.workflow} left no evidence`);
  const bytes = await bench.download(artifact.id, MAX_ARTIFACT_BYTES);
  if (bytes === null) return skip("the newest evidence cannot be downloaded any more");
  const isZip = bytes[0] === 80 && bytes[1] === 75;
  const isSame = artifact.digest === `sha256:${createHash2("sha256").update(bytes).digest("hex")}`;
  return judge(
    isSame && !isZip,
    "the digest of the file",
    isZip ? "the artifact is a zip file" : isSame ? "the digest of the file" : "another digest than that of the file"
  );
}

// src/adapters/github/probes/talk-probes.ts
var BODY2 = "Opened by `espalier doctor --github --write` to see what GitHub does. It closes by itself, and is no plan.";
var openIssue = oncePerVisit(async (bench) => {
  const body = { title: "Espalier doctor: an issue to try things on", body: BODY2 };
  const Issue = external_exports.object({ number: external_exports.number().int(), node_id: external_exports.string() });
  const { number, node_id: nodeId } = await rest(bench, "POST /…/issues", body, Issue);
  bench.scratch.remember(
    `the issue #${number}`,
    () => rest(
      bench.lasting,
      "PATCH /…/issues/{issue_number}",
      { issue_number: number, state: "closed", state_reason: "not_planned" },
      external_exports.unknown()
    )
  );
  return { number, nodeId };
});
var COMMENT = "mutation ProbeComment($input: AddCommentInput!) { addComment(input: $input) { commentEdge { node { id } } } }";
var Commented = external_exports.object({
  addComment: external_exports.object({ commentEdge: external_exports.object({ node: external_exports.object({ id: external_exports.string() }) }) })
});
async function comment(bench, body) {
  const { nodeId: subjectId } = await openIssue(bench);
  const { addComment } = await mutate(bench, COMMENT, { subjectId, body }, Commented);
  return addComment.commentEdge.node.id;
}
var firstComment = oncePerVisit((bench) => comment(bench, "A comment of the doctor."));
var READ_COMMENT = `query ProbeComment($id: ID!) { node(id: $id) { ... on IssueComment {
  viewerDidAuthor lastEditedAt
  author { __typename login ... on Bot { databaseId } }
  reactions(first: 10, content: EYES) { totalCount }
} } }`;
var ReadComment = external_exports.object({
  node: external_exports.object({
    viewerDidAuthor: external_exports.boolean(),
    lastEditedAt: external_exports.string().nullable(),
    author: external_exports.object({ __typename: external_exports.string(), login: external_exports.string(), databaseId: external_exports.number().nullish() }).nullable(),
    reactions: external_exports.object({ totalCount: external_exports.number() })
  })
});
async function readComment({ client }, id) {
  const { data } = await client.graphql({
    kind: "query",
    document: READ_COMMENT,
    variables: { id },
    what: "Reading a comment",
    answer: ReadComment
  });
  return data.node;
}
var REACT = "mutation ProbeReact($input: AddReactionInput!) { addReaction(input: $input) { reaction { content } } }";
async function probeReaction(bench) {
  const subjectId = await firstComment(bench);
  const react = () => mutate(bench, REACT, { subjectId, content: "EYES" }, external_exports.object({ addReaction: external_exports.object({}) }));
  await react();
  const second = await refusalOf2(react);
  const { totalCount } = (await readComment(bench, subjectId)).reactions;
  return judge(
    second === null && totalCount === 1,
    "no error, and it stands once",
    `${second === null ? "no error" : wordsOf(second)}, and it stands ${totalCount === 1 ? "once" : `${totalCount} times`}`
  );
}
var MAX_COMMENT_LENGTH = 65536;
async function probeCommentLength(bench) {
  const refusal = await refusalOf2(() => comment(bench, "x".repeat(MAX_COMMENT_LENGTH)));
  return judge(refusal === null, "taken", refusal === null ? "taken" : wordsOf(refusal));
}
var EDIT = "mutation ProbeEdit($input: UpdateIssueCommentInput!) { updateIssueComment(input: $input) { issueComment { id } } }";
async function probeEdit(bench) {
  const id = await comment(bench, "A comment that is edited next.");
  const before = (await readComment(bench, id)).lastEditedAt;
  await mutate(bench, EDIT, { id, body: "A comment that was edited." }, external_exports.object({ updateIssueComment: external_exports.object({}) }));
  const after = (await readComment(bench, id)).lastEditedAt;
  const say = (time) => time === null ? "empty" : "a time";
  return judge(before === null && after !== null, "empty, then a time", `${say(before)}, then ${say(after)}`);
}
async function probeOwnComment(bench) {
  if (bench.app === null) return skip("it needs the credentials of the app");
  const { viewerDidAuthor, author } = await readComment(bench, await firstComment(bench));
  const viewer = await readViewer(bench);
  const isBot = author?.__typename === "Bot" && author.login === bench.app.slug;
  return judge(
    viewerDidAuthor && isBot && author.databaseId === viewer.databaseId,
    `true, by the Bot '${bench.app.slug}' with the id of the viewer`,
    `${viewerDidAuthor}, by the ${author?.__typename ?? "nobody"} '${author?.login ?? ""}' with ${author?.databaseId === viewer.databaseId ? "the" : "another"} id`
  );
}
var LabelList = external_exports.array(external_exports.object({ name: external_exports.string() }));
var labelIssue = oncePerVisit(async (bench) => {
  const { number } = await openIssue(bench);
  const known = await rest(bench, "GET /…/labels", { per_page: 100 }, LabelList);
  const names = new Set(known.map(({ name }) => name.toLowerCase()));
  const kept = LABELS.filter(({ role }) => role === "state");
  const absent = kept.find(({ name }) => !names.has(name));
  if (absent !== void 0) await makeLabel(bench, absent);
  const label = absent?.name ?? kept[0]?.name ?? "";
  await rest(bench, "POST /…/issues/{issue_number}/labels", { issue_number: number, labels: [label] }, external_exports.unknown());
  return { label, isMade: absent !== void 0 };
});
function makeLabel(bench, { name, color, description }) {
  return rest(bench, "POST /…/labels", { name, color, description }, external_exports.unknown());
}
async function probeLabels(bench) {
  const { label, isMade } = await labelIssue(bench);
  const spec = LABELS.find(({ name }) => name === label);
  if (!isMade || spec === void 0) return skip("the repository has all labels of Espalier already");
  const { number } = await openIssue(bench);
  const again = await refusalOf2(() => makeLabel(bench, spec));
  const issue = await rest(
    bench,
    "GET /…/issues/{issue_number}",
    { issue_number: number },
    external_exports.object({ labels: LabelList })
  );
  const isOn = issue.labels.some(({ name }) => name === label);
  return judge(
    isOn && again?.status === 422,
    "made, set, and refused by 422 the second time",
    `made, ${isOn ? "set" : "NOT set"}; the second time ${wordsOf(again)}`
  );
}
var Labelled = external_exports.object({
  issue: external_exports.object({
    timelineItems: external_exports.object({
      nodes: external_exports.array(
        external_exports.object({
          actor: external_exports.object({ login: external_exports.string() }).nullable(),
          label: external_exports.object({ name: external_exports.string() })
        }).nullable()
      )
    })
  })
});
async function probeLabelSetter(bench) {
  const { label } = await labelIssue(bench);
  const { number } = await openIssue(bench);
  const { issue } = await query(
    bench,
    `issue(number: ${number}) { timelineItems(last: 20, itemTypes: [LABELED_EVENT]) { nodes {
      ... on LabeledEvent { actor { login } label { name } }
    } } }`,
    Labelled
  );
  const event = issue.timelineItems.nodes.find((one) => one?.label.name === label) ?? null;
  const { login } = await readViewer(bench);
  const setter = event?.actor?.login ?? null;
  return judge(
    setter !== null && bareLogin(setter) === bareLogin(login),
    `set by ${bareLogin(login)}`,
    event === null ? "no event" : `set by ${setter ?? "nobody"}`
  );
}
function bareLogin(login) {
  return login.replace(/\[bot\]$/, "");
}
var readViewer = oncePerVisit(async ({ client }) => {
  const { data } = await client.graphql({
    kind: "query",
    document: "query ProbeViewer { viewer { login databaseId } }",
    variables: {},
    what: "Reading who asks",
    answer: external_exports.object({ viewer: external_exports.object({ login: external_exports.string(), databaseId: external_exports.number().nullable() }) })
  });
  return data.viewer;
});
async function probeViewer(bench) {
  if (bench.app === null) return skip("it needs the credentials of the app");
  const { login, databaseId } = await readViewer(bench);
  const expected = `${bench.app.slug}[bot]`;
  return judge(
    login === expected && databaseId !== null,
    `${expected}, with an id`,
    `${login}, ${databaseId === null ? "without an id" : "with an id"}`
  );
}
var Owner = external_exports.object({
  owner: external_exports.object({ __typename: external_exports.string(), login: external_exports.string() }),
  defaultBranchRef: external_exports.object({
    target: external_exports.object({
      history: external_exports.object({
        nodes: external_exports.array(external_exports.object({ author: external_exports.object({ user: external_exports.object({ login: external_exports.string() }).nullable() }).nullable() }))
      })
    })
  })
});
async function findPerson(bench) {
  const { owner, defaultBranchRef } = await query(
    bench,
    `owner { __typename login }
    defaultBranchRef { target { ... on Commit { history(first: 20) { nodes { author { user { login } } } } } } }`,
    Owner
  );
  if (owner.__typename === "User") return owner.login;
  const logins = defaultBranchRef.target.history.nodes.flatMap(({ author }) => author?.user?.login ?? []);
  return logins.find((login) => /^[A-Za-z\d-]{1,39}$/.test(login)) ?? null;
}
async function probePermission(bench) {
  if (bench.app === null) return skip("it needs the credentials of the app");
  const username = await findPerson(bench);
  if (username === null) return skip("no person is known to ask about");
  const Answer = external_exports.object({ permission: external_exports.string() });
  try {
    const { permission } = await rest(
      { client: bench.app.bare, repository: bench.repository },
      "GET /…/collaborators/{username}/permission",
      { username },
      Answer
    );
    return judge(true, "answered", `answered: '${permission}'`);
  } catch (error2) {
    if (!(error2 instanceof GitHubError) || error2.isTransient) throw error2;
    return judge(false, "answered", wordsOf(error2));
  }
}

// src/adapters/github/probes/all-probes.ts
var PROBES = {
  "refs-create-if-absent": probeCreate,
  "refs-compare-and-swap": probeSwap,
  "refs-delete": probeDelete,
  "refs-atomic": probeAtomic,
  "refs-fast-forward-only": probeFastForward,
  "ref-exists-words": probeExists,
  "mutations-in-order": probeOrder,
  "commit-compare-and-swap": probeCommitSwap,
  "commit-large-files": probeLargeCommit,
  "root-commit": probeRootCommit,
  "merge-by-name-of-commit": probeMerge,
  "merge-conflict-words": probeConflict,
  "base-contains-commit": probeContains,
  "reads-follow-writes": probeReadAfterWrite,
  "archived-words": probeArchived,
  "api-moves-start-ci": probeStartsCi,
  "merges-carry-workflows": probeOldWorkflows,
  "pull-merged-by-push": probeMergedByPush,
  "pull-follows-forced-head": probeForcedHead,
  "pull-of-branch": probePullOfBranch,
  "pull-mergeable-is-computed": probeMergeable,
  "merge-pins-head": probeMergePin,
  "check-run-by-graphql": probeCheckRun,
  "check-run-is-updated": probeCheckRunUpdate,
  "checks-are-all-shown": probeAllChecks,
  "rules-are-shown": probeRules,
  "old-protection-is-shown": probeOldProtection,
  "queue-takes-app": probeQueue,
  "queue-entries-are-shown": probeQueueEntries,
  "dispatch-names-run": probeDispatch,
  "run-name-is-title": probeRunName,
  "run-is-listed-soon": probeRunList,
  "run-is-known-as-own": probeOwnRun,
  "run-by-node-id": probeRunNode,
  "dispatch-of-nothing": probeNoWorkflow,
  "dispatch-refusal-words": probeRefusalWords,
  "artifact-has-digest": probeDigest,
  "artifact-digest-is-of-file": probeFileDigest,
  "labels-are-made": probeLabels,
  "reaction-stands-once": probeReaction,
  "comment-length": probeCommentLength,
  "edits-are-told": probeEdit,
  "own-comments-are-known": probeOwnComment,
  "label-setter-is-told": probeLabelSetter,
  "viewer-is-bot": probeViewer,
  "permissions-are-shown": probePermission,
  "wanted-permission-is-named": probeWantedPermission,
  "observe-query-is-taken": probeObserveQuery,
  "query-cost-is-counted-so": probeCost,
  "failed-deliveries-are-listed": probeRedelivery
};

// src/core/register/app-permissions.ts
var APP_PERMISSIONS = [
  {
    name: "metadata",
    level: "read",
    reason: "find repositories, read who has which permission in them; GitHub demands it of every App"
  },
  {
    name: "issues",
    level: "write",
    reason: "read the plan issue and its commands, keep the status comment, the answers, reactions and labels"
  },
  {
    name: "pull_requests",
    level: "write",
    reason: "open, label, update, comment and close one pull request per task; read its reviews"
  },
  {
    name: "contents",
    level: "write",
    reason: "move the branches of tasks and the ledgers by compare-and-swap, read the plan's files, merge"
  },
  {
    name: "actions",
    level: "write",
    reason: "dispatch the workflow that runs the agents, read its runs and artifacts, cancel a run"
  },
  {
    name: "checks",
    level: "write",
    reason: "write the check run espalier/gate with the reasons, read the checks that a gate demands"
  },
  {
    name: "statuses",
    level: "read",
    reason: "read commit statuses, which stand among the checks of a commit and which a gate may demand"
  },
  {
    name: "merge_queues",
    level: "write",
    reason: "answer the merge queue of a repository that has one, and put pull requests into it"
  }
];

// src/adapters/github/probes/open-visit.ts
var MAX_NAMED2 = 20;
var TIMEOUTS = { restMs: 3e4, graphqlMs: 3e4 };
var AppAnswer = external_exports.object({ id: external_exports.number(), slug: external_exports.string() });
var Installation = external_exports.object({ id: external_exports.number(), permissions: external_exports.record(external_exports.string(), external_exports.string()) });
var Minted = external_exports.object({ token: external_exports.string() });
async function openVisit(options) {
  const { credential } = options;
  if (credential.kind === "app") return openAsApp(options, credential);
  if (options.repository === null)
    return {
      kind: "unfit",
      because: "a token does not say which repository is meant",
      next: "name it with --repo owner/name"
    };
  const client = openClient(options, fixed(credential.token));
  const found2 = { actor: "the owner of a token", client, app: null, permissions: null };
  return readRepository(options, found2, { ...options.repository, token: credential.token });
}
async function openAsApp(options, { appId, privateKeyPem }) {
  const privateKey = readPrivateKey(privateKeyPem);
  const own = openClient(options, {
    get: () => signAppToken({ id: appId, privateKey }, options.clock.now()),
    drop: () => {
    }
  });
  const what = "Reading who the app is";
  const { id, slug } = await own.rest({ route: "GET /app", parameters: {}, what, answer: AppAnswer });
  const chosen = options.repository ?? await findOnlyRepository(options, own, slug);
  if ("kind" in chosen) return chosen;
  const installation = await findInstallation(own, chosen);
  if (installation === null)
    return {
      kind: "unfit",
      because: `the app ${slug} is not installed on ${chosen.owner}/${chosen.name}, or there is no such repository`,
      next: `install it there: the page of the app, 'Install App'`
    };
  const token = await mint(own, installation.id, {});
  const bare = await mint(own, installation.id, { permissions: { metadata: "read" } });
  const app = { id, slug, client: own, bare: openClient(options, fixed(bare)) };
  const actor = `the app ${slug} (installation ${installation.id})`;
  const permissions = comparePermissions(installation.permissions);
  const client = openClient(options, fixed(token));
  return readRepository(options, { actor, client, app, permissions }, { ...chosen, token });
}
async function findOnlyRepository(options, own, slug) {
  const Listed = external_exports.array(external_exports.object({ id: external_exports.number(), suspended_at: external_exports.string().nullish() }));
  const Repositories = external_exports.object({
    repositories: external_exports.array(external_exports.object({ name: external_exports.string(), owner: external_exports.object({ login: external_exports.string() }) }))
  });
  const installations = await readPages(
    (next) => own.restPage({
      route: "GET /app/installations",
      parameters: { per_page: PAGE_SIZE, ...next },
      what: "Listing the installations of the app",
      answer: Listed
    }),
    (page) => page.filter(({ suspended_at: suspended }) => typeof suspended !== "string")
  );
  const found2 = [];
  for (const { id } of installations) {
    const client = openClient(options, fixed(await mint(own, id, {})));
    const reached = await readPages(
      (next) => client.restPage({
        route: "GET /installation/repositories",
        parameters: { per_page: PAGE_SIZE, ...next },
        what: "Listing the repositories of the app",
        answer: Repositories
      }),
      ({ repositories }) => repositories.map(({ name, owner }) => ({ owner: owner.login, name })),
      (items) => items.length > MAX_NAMED2
    );
    found2.push(...reached);
    if (found2.length > MAX_NAMED2) break;
  }
  const [only] = found2;
  if (only === void 0)
    return {
      kind: "unfit",
      because: `the app ${slug} is installed nowhere`,
      next: "install it: its page, 'Install App'"
    };
  if (found2.length === 1) return only;
  const names = found2.slice(0, MAX_NAMED2).map(({ owner, name }) => `${owner}/${name}`);
  return {
    kind: "unfit",
    because: `the app reaches several repositories (${names.join(", ")}${found2.length > MAX_NAMED2 ? " …" : ""})`,
    next: "name one with --repo owner/name, best one that nobody works in"
  };
}
async function findInstallation(own, { owner, name }) {
  try {
    return await own.rest({
      route: "GET /repos/{owner}/{repo}/installation",
      parameters: { owner, repo: name },
      what: "Looking for the installation of the app",
      answer: Installation
    });
  } catch (error2) {
    if (error2 instanceof GitHubError && error2.ending.kind === "gone") return null;
    throw error2;
  }
}
async function mint(own, installationId, narrowing) {
  const { token } = await own.rest({
    route: "POST /app/installations/{installation_id}/access_tokens",
    parameters: { installation_id: installationId, ...narrowing },
    what: `Making a token for installation ${installationId}`,
    answer: Minted,
    maxRepeats: 3
  });
  return token;
}
var RANK = { read: 1, write: 2, admin: 3 };
function comparePermissions(held) {
  return APP_PERMISSIONS.map(({ name, level, reason }) => {
    const has = held[name] ?? null;
    const isEnough = has !== null && (RANK[has] ?? 0) >= (RANK[level] ?? 0);
    return { name, wanted: level, held: has, isEnough, reason };
  });
}
var Repository = external_exports.object({
  repository: external_exports.object({
    id: external_exports.string(),
    name: external_exports.string(),
    owner: external_exports.object({ login: external_exports.string() }),
    isArchived: external_exports.boolean(),
    mergeCommitAllowed: external_exports.boolean(),
    squashMergeAllowed: external_exports.boolean(),
    defaultBranchRef: external_exports.object({ name: external_exports.string(), target: external_exports.object({ oid: CommitName }) }).nullable()
  })
});
async function readRepository(options, found2, { owner, name, token }) {
  const { data } = await found2.client.graphql({
    kind: "query",
    document: `query ProbeRepository($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {
      id name owner { login } isArchived mergeCommitAllowed squashMergeAllowed defaultBranchRef { name target { oid } }
    } }`,
    variables: { owner, name },
    what: `Reading the repository ${owner}/${name}`,
    answer: Repository
  });
  const { id, isArchived, defaultBranchRef, mergeCommitAllowed, squashMergeAllowed } = data.repository;
  if (defaultBranchRef === null)
    return { kind: "unfit", because: `${owner}/${name} has no commit yet`, next: "push a first commit" };
  const repository = {
    owner: data.repository.owner.login,
    name: data.repository.name,
    nodeId: id,
    isArchived,
    defaultBranch: defaultBranchRef.name,
    tip: defaultBranchRef.target.oid,
    mergeMethod: mergeCommitAllowed ? "MERGE" : squashMergeAllowed ? "SQUASH" : "REBASE"
  };
  const download = (artifactId, maxBytes) => downloadArtifact(`${options.baseUrl}/repos/${owner}/${name}/actions/artifacts/${artifactId}/zip`, token, maxBytes);
  return { kind: "open", ...found2, repository, download };
}
async function downloadArtifact(url, token, maxBytes) {
  const response = await fetch(url, {
    headers: { authorization: `bearer ${token}`, "user-agent": "espalier" },
    signal: AbortSignal.timeout(TIMEOUTS.restMs)
  });
  const isFit = response.ok && Number(response.headers.get("content-length") ?? 0) <= maxBytes;
  if (!isFit) {
    await response.body?.cancel();
    return null;
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  return bytes.length > maxBytes ? null : bytes;
}
function fixed(token) {
  return { get: () => Promise.resolve(token), drop: () => {
  } };
}
function openClient({ baseUrl, clock, log, pace = DEFAULT_PACE }, credential) {
  const quiet = { debug: () => {
  }, info: () => {
  }, warn: () => {
  }, error: () => {
  } };
  return openGitHubClient({
    octokit: new Octokit({ baseUrl, userAgent: "espalier-doctor", log: quiet }),
    graphqlUrl: `${baseUrl.replace(/\/api\/v3\/?$/, "/api").replace(/\/$/, "")}/graphql`,
    credential,
    pacer: openRequestPacer(clock, pace),
    clock,
    log,
    timeouts: TIMEOUTS
  });
}

// src/adapters/github/probes/scratch.ts
var PREFIX = "espalier-staging/doctor-";
var OLD_MS = 36e5;
function nameVisit(nowMs, random) {
  return `${nowMs.toString(36)}-${random}`;
}
var Scratch = class {
  place;
  undos = [];
  made = null;
  constructor(place) {
    this.place = place;
  }
  /** Name of a branch of this visit. */
  branch(name) {
    return `${PREFIX}${this.place.visit}/${name}`;
  }
  /** Makes a branch, which goes with the visit, and answers its name. */
  async put(name, at) {
    const branch = this.expect(name);
    await this.ask("POST /repos/{owner}/{repo}/git/refs", { ref: `refs/heads/${branch}`, sha: at }, external_exports.unknown());
    return branch;
  }
  /** Name of a branch that something else may make; it goes with the visit if it is there. */
  expect(name) {
    const branch = this.branch(name);
    this.remember(`the branch ${branch}`, () => this.deleteBranch(branch));
    return branch;
  }
  /** Has `undo` called at the end, the last one first. */
  remember(what, undo) {
    this.undos.push({ what, undo });
  }
  /** The commits, made at the first call. */
  commits() {
    this.made ??= this.makeCommits();
    return this.made;
  }
  /** A commit of one's own. */
  async commit(tree, parents, message) {
    const { sha } = await this.makeCommit(tree, parents, message);
    return sha;
  }
  /** A tree with these files, on top of `base` if there is one. */
  async tree(files, base) {
    const tree = Object.entries(files).map(([path16, content]) => ({ path: path16, mode: "100644", type: "blob", content }));
    const body = base === void 0 ? { tree } : { tree, base_tree: base };
    const made = await this.ask("POST /repos/{owner}/{repo}/git/trees", body, external_exports.object({ sha: TreeName }));
    return made.sha;
  }
  /** Undoes what was made and what visits before have left. Answers what could not be undone, and what to do then. */
  async cleanUp() {
    const left = [];
    for (const { what, undo } of this.undos.splice(0).toReversed()) {
      try {
        await undo();
      } catch (error2) {
        if (!(error2 instanceof GitHubError)) throw error2;
        left.push(`${what}, since it could not be removed (${error2.because}): remove it by hand`);
      }
    }
    return left;
  }
  /** Removes branches of visits that were killed. */
  async sweep() {
    const refs = await this.ask(
      "GET /repos/{owner}/{repo}/git/matching-refs/{ref}",
      { ref: `heads/${PREFIX}` },
      external_exports.array(external_exports.object({ ref: external_exports.string() }))
    );
    for (const { ref } of refs) {
      const [, began] = /^refs\/heads\/espalier-staging\/doctor-([0-9a-z]{1,12})-/.exec(ref) ?? [];
      if (began === void 0 || this.place.nowMs - Number.parseInt(began, 36) < OLD_MS) continue;
      await this.deleteBranch(ref.slice("refs/heads/".length));
    }
  }
  async makeCommits() {
    const files = { "base.txt": "base\n", "shared.txt": "white\n" };
    const rootTree = await this.tree(files);
    const root = await this.makeCommit(rootTree, [], "root");
    const child = async (message, more) => this.commit(await this.tree({ ...files, ...more }), [root.sha], message);
    const left = await child("left", { "left.txt": "left\n" });
    const right = await child("right", { "right.txt": "right\n" });
    const mergedTree = await this.tree({ ...files, "left.txt": "left\n", "right.txt": "right\n" });
    return {
      root: root.sha,
      rootParents: root.parents,
      left,
      right,
      merged: await this.commit(mergedTree, [left, right], "merged"),
      mergedTree,
      red: await child("red", { "shared.txt": "red\n" }),
      green: await child("green", { "shared.txt": "green\n" })
    };
  }
  async makeCommit(tree, parents, message) {
    const made = await this.ask(
      "POST /repos/{owner}/{repo}/git/commits",
      { message: `Espalier doctor: ${message}`, tree, parents },
      external_exports.object({ sha: CommitName, parents: external_exports.array(external_exports.unknown()) })
    );
    return { sha: made.sha, parents: made.parents.length };
  }
  async deleteBranch(branch) {
    try {
      await this.ask("DELETE /repos/{owner}/{repo}/git/refs/{ref}", { ref: `heads/${branch}` }, external_exports.unknown());
    } catch (error2) {
      if (!(error2 instanceof GitHubError) || error2.status !== 422 && error2.status !== 404) throw error2;
    }
  }
  async ask(route, parameters, answer) {
    const { client, owner, name } = this.place;
    return client.rest({
      route,
      parameters: { owner, repo: name, ...parameters },
      what: "Making what the probes need",
      answer,
      // Objects are named by their content, and a branch is made and deleted once.
      maxRepeats: route.includes("/git/refs") ? 0 : 3
    });
  }
};

// src/adapters/github/probe-github.ts
async function probeGitHub(options) {
  const visit3 = await openVisit(options);
  if (visit3.kind === "unfit") return visit3;
  const bench = openBench(visit3, options);
  try {
    const facts = await tryFacts(bench, options);
    const left = await bench.scratch.cleanUp();
    if (options.signal.aborted) return { kind: "interrupted", left };
    const { repository, actor, permissions } = visit3;
    const limits = options.credential.kind === "token" ? JOB_LIMITS : [];
    const report = { repository: `${repository.owner}/${repository.name}`, actor, permissions, facts, limits, left };
    return { kind: "report", report };
  } catch (error2) {
    const left = await bench.scratch.cleanUp();
    if (options.signal.aborted) return { kind: "interrupted", left };
    throw error2;
  }
}
async function tryFacts(bench, { signal, canWrite, onStep }) {
  const facts = [];
  await sweep(bench);
  for (const fact of GITHUB_FACTS) {
    if (signal.aborted) break;
    onStep(fact.id);
    facts.push({ id: fact.id, ...await tryFact(fact, bench, canWrite) });
  }
  return facts;
}
function openBench(visit3, options) {
  const { clock, signal, workflow, random } = options;
  const { client, app, repository } = visit3;
  const { owner, name } = repository;
  const nowMs = clock.now();
  return {
    client: bindSignal(client, signal),
    app,
    repository,
    workflow,
    scratch: new Scratch({ client, owner, name, visit: nameVisit(nowMs, random), nowMs }),
    lasting: { client, repository },
    clock,
    signal,
    download: (artifactId, maxBytes) => visit3.download(artifactId, maxBytes)
  };
}
function bindSignal(client, signal) {
  return {
    ...client,
    rest: (call) => client.rest({ signal, ...call }),
    restPage: (call) => client.restPage({ signal, ...call }),
    graphql: (call) => client.graphql({ signal, ...call })
  };
}
async function sweep({ scratch, repository }) {
  if (repository.isArchived) return;
  try {
    await scratch.sweep();
  } catch (error2) {
    if (!(error2 instanceof GitHubError) || error2.isTransient) throw error2;
  }
}
async function tryFact(fact, bench, canWrite) {
  const because = explainSkip(fact, bench, canWrite);
  if (because !== null) return skip(because);
  try {
    return await PROBES[fact.id](bench);
  } catch (error2) {
    if (error2 instanceof GitHubError) return findingOf(error2);
    throw error2;
  }
}
function explainSkip({ doctor, smokeStep }, { repository }, canWrite) {
  if (doctor === null) return `no program can try it; step ${smokeStep ?? 0} of the smoke test does`;
  if (doctor === "write" && !canWrite) return "it needs --write";
  if (doctor !== "look" && repository.isArchived) return "the repository is archived";
  return null;
}
function findingOf({ ending, because }) {
  switch (ending.kind) {
    case "forbidden":
      return skip(`the permission ${ending.permission ?? "for it"} is missing (${because})`);
    case "later":
    case "unauthorized":
      return skip(`GitHub could not answer (${because})`);
    case "elsewhere":
    case "gone":
    case "refused":
      return { status: "differs", expected: "no refusal", found: `refused: ${because}` };
  }
}

// src/core/report/github-probes.ts
var WORDS2 = { ok: "ok", differs: "DIFFERS", "not-probed": "not probed" };
var WIDTH = 11;
var MAX_TEXT_LENGTH = 600;
var MAX_OK_LENGTH = 100;
function judgeProbes({ facts, permissions, left }) {
  const isLacking = permissions?.some(({ isEnough }) => !isEnough) === true;
  return isLacking || left.length > 0 || facts.some(({ status }) => status === "differs") ? "findings" : "ok";
}
function renderProbeJson(report) {
  return JSON.stringify({ version: 1, ...report }, null, 2);
}
function renderProbeTable(report) {
  return [
    `${show(report.repository)}, as ${show(report.actor)}`,
    "",
    ...renderPermissions(report.permissions),
    "",
    ...report.facts.flatMap(renderFact),
    "",
    ...renderLimits(report.limits),
    ...report.left.map((text) => `${"LEFT".padEnd(WIDTH)} ${show(text)}`),
    renderCount(report.facts)
  ];
}
function renderPermissions(permissions) {
  if (permissions === null) return ["What this token may do is not known before it is tried."];
  return permissions.map(({ name, wanted, held, isEnough, reason }) => {
    if (isEnough) return `${"ok".padEnd(WIDTH)} permission ${name}: ${wanted}`;
    const has = held === null ? "it is not granted" : `only '${show(held)}' is granted`;
    return `${"MISSING".padEnd(WIDTH)} permission ${name}: ${wanted} (${has}), needed to ${reason}`;
  });
}
function renderFact({ id, status, expected, found: found2 }) {
  const text = escapeText(found2, status === "ok" ? MAX_OK_LENGTH : MAX_TEXT_LENGTH);
  const head = `${WORDS2[status].padEnd(WIDTH)} ${id}: ${text}`;
  if (status !== "differs") return [head];
  const fact = GITHUB_FACTS.find((one) => one.id === id);
  const indent2 = " ".repeat(WIDTH + 1);
  return [head, `${indent2}expected: ${show(expected)}`, `${indent2}so: ${(fact?.otherwise ?? "").replaceAll("**", "")}`];
}
function renderLimits(limits) {
  if (limits.length === 0) return [];
  const rows = limits.map(({ limit, sequel }) => `${"limit".padEnd(WIDTH)} ${limit} ${sequel}`);
  return ["Where Espalier has nothing but the token of a job (`GITHUB_TOKEN`):", ...rows, ""];
}
function renderCount(facts) {
  const count = (wanted) => facts.filter(({ status }) => status === wanted).length;
  return `${facts.length} facts: ${count("ok")} ok, ${count("differs")} differ, ${count("not-probed")} not probed`;
}
function show(text) {
  return escapeText(text, MAX_TEXT_LENGTH);
}

// src/entrypoints/cli/github-credentials.ts
import { readFile as readFile4 } from "node:fs/promises";
import path10 from "node:path";
import { parseEnv } from "node:util";
var DEFAULT_ENV_FILE = ".env";
var NAMES = ["APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH", "GITHUB_TOKEN"];
var NEXT = "set APP_ID and PRIVATE_KEY (or PRIVATE_KEY_PATH) of the app, or GITHUB_TOKEN; or call it where the .env of the app is";
async function readGithubCredential(env, cwd) {
  const given = { ...await readEnvFile(env, cwd), ...pickSet(env) };
  const { APP_ID: appId, GITHUB_TOKEN: token } = given;
  if (appId === void 0) {
    if (token !== void 0) return { kind: "token", token };
    throw new CliError("usage", "There are no credentials for GitHub.", { next: NEXT });
  }
  if (!/^[1-9]\d{0,14}$/.test(appId)) throw new CliError("usage", "APP_ID must be a number.", { next: NEXT });
  return { kind: "app", appId: Number(appId), privateKeyPem: toPem(await readKey(given, cwd)) };
}
function pickSet(env) {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = env[name];
      return value === void 0 || value === "" ? [] : [[name, value]];
    })
  );
}
async function readEnvFile(env, cwd) {
  const named = env["ESPALIER_ENV_FILE"] ?? "";
  try {
    return pickSet(parseEnv(await readFile4(path10.resolve(cwd, named === "" ? DEFAULT_ENV_FILE : named), "utf8")));
  } catch (error2) {
    const { code } = error2;
    if (code === "ENOENT" && named === "") return {};
    throw new CliError("usage", `The file of settings cannot be read (${code ?? "unknown error"}).`, {
      next: "correct ESPALIER_ENV_FILE, or the rights of the file",
      cause: error2
    });
  }
}
async function readKey({ PRIVATE_KEY: text, PRIVATE_KEY_PATH: file }, cwd) {
  if (text !== void 0) return text;
  if (file === void 0) throw new CliError("usage", "There is an APP_ID, but no private key.", { next: NEXT });
  try {
    return await readFile4(path10.resolve(cwd, file), "utf8");
  } catch (error2) {
    const { code } = error2;
    throw new CliError("usage", `The private key cannot be read (${code ?? "unknown error"}).`, {
      next: "correct PRIVATE_KEY_PATH",
      cause: error2
    });
  }
}
function toPem(text) {
  const pem = text.includes("-----BEGIN") ? text : Buffer.from(text, "base64").toString("latin1");
  return pem.replaceAll(String.raw`\n`, "\n");
}

// src/entrypoints/cli/doctor-github.ts
var PUBLIC_API = "https://api.github.com";
var REPOSITORY = /^([A-Za-z0-9_-]{1,100})\/([A-Za-z0-9._-]{1,100})$/;
async function examineGithub(session2, options, settings = {}) {
  const { env, cwd, stdout } = session2.input;
  const credential = await readGithubCredential(env, cwd);
  const repository = readRepository2(options.repo ?? env["GITHUB_REPOSITORY"] ?? "");
  const baseUrl = readBaseUrl(env["GITHUB_API_URL"] ?? "");
  const interrupts = listenForInterrupts(session2.input, () => {
    session2.note("taking away what was made; once more ends at once");
  });
  try {
    const outcome = await visit(
      session2,
      () => probeGitHub({
        credential,
        baseUrl,
        repository,
        workflow: HOSTED_DEFAULTS.workflow,
        canWrite: options.write === true,
        random: randomBytes2(4).toString("hex"),
        clock: settings.clock ?? SYSTEM_CLOCK,
        log: quietLog(session2),
        signal: interrupts.signal,
        onStep: (fact) => session2.note(`trying ${fact}`),
        ...settings.pace === void 0 ? {} : { pace: settings.pace }
      })
    );
    if (options.json === true) stdout.write(`${renderProbeJson(outcome)}
`);
    else session2.out.print(renderProbeTable(outcome).map((text) => line(text, styleOf2(text))));
    session2.end(judgeProbes(outcome));
  } finally {
    interrupts.stop();
  }
}
async function visit(session2, probe) {
  const outcome = await tell(probe);
  if (outcome.kind === "report") return outcome.report;
  if (outcome.kind === "unfit")
    throw new CliError("unfit", `Nothing can be tried: ${outcome.because}.`, { next: outcome.next });
  for (const left of outcome.left) session2.warn(`left behind: ${left}`);
  throw new CliError("interrupted", "The visit was broken off; what it made was taken away.");
}
async function tell(probe) {
  try {
    return await probe();
  } catch (error2) {
    if (error2 instanceof GitHubError) throw new CliError("unfit", error2.message, { cause: error2 });
    throw error2;
  }
}
function readRepository2(text) {
  if (text === "") return null;
  const [, owner, name] = REPOSITORY.exec(text) ?? [];
  if (owner !== void 0 && name !== void 0 && name !== "." && name !== "..") return { owner, name };
  throw new CliError("usage", "With --github, --repo names a repository on GitHub.", {
    next: "write it as --repo owner/name"
  });
}
function readBaseUrl(text) {
  if (text === "") return PUBLIC_API;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const isFit = url?.protocol === "https:" || url?.protocol === "http:" && isLocal;
  if (url !== null && isFit) return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  throw new CliError("usage", "GITHUB_API_URL must be an https:// address (http:// on this machine only).");
}
function quietLog(session2) {
  const say = (message, fields) => {
    if (session2.isDebug) session2.note(redactSecrets(`${message} ${JSON.stringify(fields ?? {})}`));
  };
  return { debug: say, info: say, warn: say, error: say };
}
function styleOf2(text) {
  if (/^(?:DIFFERS|MISSING|LEFT)/.test(text)) return "bad";
  return text.startsWith("not probed") ? "dim" : "plain";
}

// src/entrypoints/cli/examine-machine.ts
import { mkdtemp as mkdtemp3, rm as rm4 } from "node:fs/promises";
import os5 from "node:os";
import path11 from "node:path";

// src/adapters/sandbox/doctor-bench.ts
import { randomUUID } from "node:crypto";
import { chmod, mkdir as mkdir4, mkdtemp as mkdtemp2, readdir as readdir3, readlink as readlink2, realpath as realpath3, rm as rm3, stat as stat2, writeFile as writeFile2 } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
async function openDoctorBench(stateDir, env) {
  await mkdir4(stateDir, { recursive: true, mode: 448 });
  const folder = await mkdtemp2(join(await realpath3(stateDir), "doctor-"));
  const [worktree, programs, secretPath] = ["worktree", "programs", "secret"].map((name) => join(folder, name));
  await Promise.all([mkdir4(worktree), mkdir4(programs, { mode: 493 })]);
  const secret = randomUUID();
  await writeFile2(secretPath, secret, { mode: 420 });
  const abstractName = `espalier-doctor-${randomUUID()}`;
  const tcp = await listen({ port: 0, host: "0.0.0.0" });
  const unix = await listen({ path: `\0${abstractName}` });
  const address = tcp.address();
  const machine = await readMachine(env);
  const bench = {
    machine: machine.size,
    isRoot: machine.isRoot,
    architecture: machine.architecture,
    worktree,
    programs,
    secretPath,
    secret,
    port: typeof address === "object" && address !== null ? address.port : 0,
    hostAddress: findHostAddress(),
    abstractName,
    engineSockets: machine.engineSockets,
    hostPid: process.pid,
    namespaces: {
      pid: await readlink2("/proc/self/ns/pid").catch(() => null),
      ipc: await readlink2("/proc/self/ns/ipc").catch(() => null),
      net: await readlink2("/proc/self/ns/net").catch(() => null)
    },
    writeProgram: async (name, bytes, isSetuid) => {
      await writeFile2(join(programs, name), bytes);
      await chmod(join(programs, name), isSetuid ? 2541 : 493);
    },
    clearWorktree: async () => {
      for (const name of await readdir3(worktree)) await rm3(join(worktree, name), { recursive: true, force: true });
    },
    sizeOf: (name) => stat2(join(worktree, name)).then(
      (found2) => found2.size,
      () => null
    ),
    ownerOf: (name) => stat2(join(worktree, name)).then(
      (found2) => found2.uid,
      () => null
    ),
    sleep: (ms) => sleep(ms)
  };
  const close = async () => {
    tcp.close();
    unix.close();
    await rm3(folder, { recursive: true, force: true });
  };
  return { bench, close };
}
async function listen(where) {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  server.listen(where);
  await once(server, "listening");
  return server;
}
function findHostAddress() {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? null;
}

// src/core/report/doctor-report.ts
var WORDS3 = {
  held: "held",
  broken: "BROKEN",
  "not-enforced": "missing",
  "not-tried": "not tried",
  "not-demanded": "open"
};
function renderDoctorJson(table) {
  return JSON.stringify({ version: 1, ...table }, null, 2);
}
function renderDoctorTable(table) {
  return [
    ...renderEngines(table),
    "",
    ...renderGrid(table.rows),
    ...renderVerdicts(table.rows),
    "",
    ...renderEvidence(table.rows)
  ];
}
function renderEngines(table) {
  return table.engines.map(({ engine, works, because, nextStep }) => {
    const step = nextStep === "" ? "" : `. Next: ${nextStep}`;
    return `${engine.padEnd(11)} ${works ? "works" : "does not work"}: ${because}${step}`;
  });
}
function heading({ engine, profile }) {
  return `${engine} ${profile}`;
}
function renderGrid(rows) {
  if (rows.length === 0) return [];
  const first = Math.max(...PROPERTIES.map((property) => property.length));
  const widths = rows.map((row) => Math.max(heading(row).length, 9));
  const line2 = (name, cells) => [name.padEnd(first), ...cells.map((text, at) => text.padEnd(widths[at] ?? 0))].join("  ").trimEnd();
  return [
    line2("", rows.map(heading)),
    ...PROPERTIES.map(
      (property) => line2(
        property,
        rows.map((row) => WORDS3[findCell(row, property)?.status ?? "not-tried"])
      )
    ),
    ""
  ];
}
function findCell(row, property) {
  return row.cells.find((cell2) => cell2.property === property);
}
function renderVerdicts(rows) {
  return rows.map((row) => {
    const names = row.unmet.join(",");
    switch (row.verdict) {
      case "enforced":
        return `${heading(row)}: everything that the profile demands held`;
      case "broken":
        return `${heading(row)}: BROKEN, do not run untrusted code on it (${names})`;
      case "refused":
        return row.engine === "none" ? `${heading(row)}: no sandbox, used only when it is asked for by name` : `${heading(row)}: refused here, unless with --waive ${names}`;
    }
  });
}
function renderEvidence(rows) {
  return rows.flatMap((row) => [
    heading(row),
    ...row.cells.map(({ property, status, evidence }) => `  ${WORDS3[status].padEnd(9)} ${property}: ${evidence}`),
    ""
  ]);
}

// src/core/sandbox/doctor-table.ts
function judgeRow(engine, profile, cells) {
  const required = PROFILE_RULES[profile].required;
  const unmet = cells.filter(({ property, status }) => required.includes(property) && status !== "held");
  const isBroken = unmet.some(({ status }) => status === "broken");
  const verdict = unmet.length === 0 ? "enforced" : isBroken ? "broken" : "refused";
  return { engine, profile, cells, verdict, unmet: unmet.map(({ property }) => property) };
}

// src/core/sandbox/probe-program.ts
var BASE = 4194304;
var HEADERS = 64 + 56;
var RESULT_BYTES = 8;
function buildProbeProgram(calls, data, architecture) {
  const assembler = ASSEMBLERS[architecture];
  const resultBytes = Math.ceil(calls.length * RESULT_BYTES / 16) * 16;
  const assemble = (dataAddress) => [
    ...assembler.prologue(resultBytes),
    ...calls.flatMap(
      (call, at) => assembler.call(numberOf(call.name, architecture), readArguments(call.args, dataAddress), at * RESULT_BYTES)
    ),
    ...assembler.epilogue(
      calls.length * RESULT_BYTES,
      numberOf("write", architecture),
      numberOf("exit_group", architecture)
    )
  ];
  const codeLength = assemble(0).length;
  const code = assemble(BASE + HEADERS + codeLength);
  const file = new Uint8Array(HEADERS + codeLength + data.length);
  writeElfHeaders(file, assembler.machine);
  file.set(code, HEADERS);
  file.set(data, HEADERS + codeLength);
  return file;
}
function readProbeResults(output, calls) {
  if (output.length < calls.length * RESULT_BYTES) return null;
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
  return calls.map(({ name }, at) => ({ name, answer: Number(view.getBigInt64(at * RESULT_BYTES, true)) }));
}
function numberOf(name, architecture) {
  const number = syscallNumber(name, architecture);
  if (number === null) throw new Error(`System call '${name}' has no number on ${architecture}`);
  return number;
}
function readArguments(args, dataAddress) {
  return [0, 1, 2, 3, 4, 5].map((at) => {
    const argument = args[at] ?? 0;
    return BigInt.asUintN(64, BigInt(typeof argument === "number" ? argument : dataAddress + argument.dataOffset));
  });
}
function writeElfHeaders(file, machine) {
  const view = new DataView(file.buffer);
  file.set([127, 69, 76, 70, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, machine, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(BASE + HEADERS), true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true);
  view.setUint32(68, 5, true);
  view.setBigUint64(80, BigInt(BASE), true);
  view.setBigUint64(88, BigInt(BASE), true);
  view.setBigUint64(96, BigInt(file.length), true);
  view.setBigUint64(104, BigInt(file.length), true);
  view.setBigUint64(112, 0x1000n, true);
}
function littleEndian(value, bytes) {
  return Array.from({ length: bytes }, (_byte, at) => Number(value >> BigInt(8 * at) & 0xffn));
}
var X64 = {
  machine: 62,
  // sub rsp, imm32
  prologue: (resultBytes) => [72, 129, 236, ...littleEndian(BigInt(resultBytes), 4)],
  call: (number, args, slot) => [
    ...moveX64([72, 184], BigInt(number)),
    ...X64_ARGUMENTS.flatMap((opcode, at) => moveX64(opcode, args[at] ?? 0n)),
    // syscall; mov [rsp + disp32], rax
    ...[15, 5, 72, 137, 132, 36, ...littleEndian(BigInt(slot), 4)]
  ],
  epilogue: (resultBytes, writeNumber, exitNumber) => [
    ...moveX64([72, 184], BigInt(writeNumber)),
    ...moveX64([72, 191], 1n),
    // mov rsi, rsp
    ...[72, 137, 230],
    ...moveX64([72, 186], BigInt(resultBytes)),
    ...[15, 5],
    ...moveX64([72, 184], BigInt(exitNumber)),
    ...moveX64([72, 191], 0n),
    ...[15, 5]
  ]
};
var X64_ARGUMENTS = [
  [72, 191],
  [72, 190],
  [72, 186],
  [73, 186],
  [73, 184],
  [73, 185]
];
function moveX64(opcode, value) {
  return [...opcode, ...littleEndian(value, 8)];
}
var SVC = 3556769793;
var ARM64 = {
  machine: 183,
  // sub sp, sp, #imm12
  prologue: (resultBytes) => word(3506439167 + resultBytes * 1024),
  call: (number, args, slot) => [
    ...moveArm64(8, BigInt(number)),
    ...[0, 1, 2, 3, 4, 5].flatMap((register) => moveArm64(register, args[register] ?? 0n)),
    ...word(SVC),
    // str x0, [sp, #slot]
    ...word(4177527776 + slot / 8 * 1024)
  ],
  epilogue: (resultBytes, writeNumber, exitNumber) => [
    ...moveArm64(8, BigInt(writeNumber)),
    ...moveArm64(0, 1n),
    // mov x1, sp
    ...word(2432697313),
    ...moveArm64(2, BigInt(resultBytes)),
    ...word(SVC),
    ...moveArm64(8, BigInt(exitNumber)),
    ...moveArm64(0, 0n),
    ...word(SVC)
  ]
};
function word(value) {
  return littleEndian(BigInt(value), 4);
}
function moveArm64(register, value) {
  return [0, 1, 2, 3].flatMap((part) => {
    const bits = Number(value >> BigInt(16 * part) & 0xffffn);
    return word((part === 0 ? 3531603968 : 4068474880) + part * 2097152 + bits * 32 + register);
  });
}
var ASSEMBLERS = { x64: X64, arm64: ARM64 };

// src/engine/doctor-syscalls.ts
var CLONE_NEWUSER = 268435456;
var EPERM = -1;
var EINVAL = -22;
var ENOSYS = -38;
var EAFNOSUPPORT = -97;
var NO_SUCH_PID = 4e6;
var FIRST_FREE = 3;
var FILTERED = [
  { name: "unshare", args: [CLONE_NEWUSER], wanted: EPERM },
  { name: "setns", args: [-1, 0], wanted: EPERM },
  { name: "add_key", args: [], wanted: EPERM },
  { name: "keyctl", args: [0, -3, 0], wanted: EPERM },
  { name: "name_to_handle_at", args: [-100], wanted: EPERM },
  { name: "ptrace", args: [1, NO_SUCH_PID], wanted: EPERM },
  { name: "process_vm_readv", args: [NO_SUCH_PID], wanted: EPERM },
  { name: "clone3", args: [], wanted: ENOSYS },
  { name: "io_uring_setup", args: [], wanted: ENOSYS }
];
var PRIVILEGED = [
  { name: "mount", args: [] },
  { name: "setresuid", args: [] },
  { name: "setresgid", args: [] },
  { name: "chroot", args: [{ dataOffset: 0 }] },
  { name: "sethostname", args: [{ dataOffset: 0 }, -1] }
];
function buildSyscallProbe(bench) {
  const data = new Uint8Array(256);
  data.set([47, 0]);
  const loopback = writeAddress(data, 16, "127.0.0.1", bench.port);
  const outside = writeAddress(data, 32, bench.hostAddress ?? "127.0.0.1", bench.port);
  const abstract = writeAbstractAddress(data, 48, bench.abstractName);
  const connect = (at, [address, length]) => ({
    name: "connect",
    args: [FIRST_FREE + at, address, length]
  });
  const calls = [
    { name: "geteuid", args: [] },
    ...PRIVILEGED,
    ...FILTERED,
    { name: "clone", args: [CLONE_NEWUSER & CLONE_NAMESPACE_FLAGS] },
    // From here on descriptors count up from the first free one.
    { name: "close_range", args: [FIRST_FREE, 4294967295, 0] },
    ...[2, 2, 1].map((family) => ({ name: "socket", args: [family, 1, 0] })),
    connect(0, loopback),
    connect(1, outside),
    connect(2, abstract),
    // AF_VSOCK, which no network namespace holds.
    { name: "socket", args: [40, 1, 0] }
  ];
  return { calls, data };
}
function writeAddress(data, offset, address, port) {
  data.set([2, 0, port >> 8, port & 255, ...address.split(".").map(Number)], offset);
  return [{ dataOffset: offset }, 16];
}
function writeAbstractAddress(data, offset, name) {
  data.set([1, 0, 0, ...new TextEncoder().encode(name)], offset);
  return [{ dataOffset: offset }, 3 + name.length];
}
function show2({ name, answer }) {
  return `${name}=${answer}`;
}
function judgeSeccomp(answers, mode) {
  const at = answers.findIndex(({ name }) => name === FILTERED[0]?.name);
  const filtered = answers.slice(at, at + FILTERED.length);
  const wrong = filtered.filter(({ answer }, index) => answer !== FILTERED[index]?.wanted);
  const clone = answers.find(({ name }) => name === "clone");
  if (clone !== void 0 && clone.answer !== EPERM && clone.answer !== ENOSYS) wrong.push(clone);
  const vsock = answers.findLast(({ name }) => name === "socket");
  if (vsock !== void 0 && ![EAFNOSUPPORT, ENOSYS, EPERM].includes(vsock.answer)) wrong.push(vsock);
  if (mode !== "2") return cell("seccomp", false, `Seccomp is ${mode || "not shown"} in /proc/self/status, not 2`);
  return wrong.length === 0 ? cell("seccomp", true, `${filtered.length + 2} calls refused by the filter: ${filtered.map(show2).join(" ")}`) : cell("seccomp", false, `the kernel and not the filter answered ${wrong.map(show2).join(" ")}`);
}
function judgeCapabilities(answers, capabilities) {
  const names = new Set(PRIVILEGED.map(({ name }) => name));
  const tried = answers.filter(({ name }) => names.has(name));
  const isRefused = ({ name, answer }) => answer === EPERM || answer === EINVAL && name.startsWith("setres");
  const allowed = tried.filter((one) => !isRefused(one));
  const left = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].filter(
    (name) => !/^0+$/.test(capabilities[name] ?? "")
  );
  if (allowed.length > 0)
    return cell("capabilities-dropped", false, `the kernel did not refuse ${allowed.map(show2).join(" ")}`);
  if (left.length > 0)
    return cell(
      "capabilities-dropped",
      false,
      left.map((name) => `${name} is ${capabilities[name] ?? "not shown"}`).join(", ")
    );
  return cell(
    "capabilities-dropped",
    true,
    `all five sets are empty, and ${tried.map(({ name }) => name).join(", ")} were refused`
  );
}
function judgeNetwork(answers, bench, interfaces) {
  const [loopback, outside, abstract] = answers.filter(({ name }) => name === "connect");
  const reached = [
    loopback?.answer === 0 ? `127.0.0.1:${bench.port}` : null,
    bench.hostAddress !== null && outside?.answer === 0 ? `${bench.hostAddress}:${bench.port}` : null,
    abstract?.answer === 0 ? "an abstract unix socket" : null
  ].filter((name) => name !== null);
  if (reached.length > 0) return cell("no-network", false, `connected to the host's ${reached.join(" and ")}`);
  const surplus = interfaces.filter((name) => name !== "lo");
  if (surplus.length > 0) return cell("no-network", false, `there are interfaces beside lo: ${surplus.join(", ")}`);
  const asked = [loopback, outside, abstract].map((answer) => answer?.answer ?? "none").join(", ");
  return cell("no-network", true, `only lo is there; connects to three listeners of the host failed (${asked})`);
}
function cell(property, isHeld, evidence) {
  return { property, status: isHeld ? "held" : "broken", evidence };
}

// src/engine/doctor-look.ts
var PROGRAMS_INSIDE = "/espalier-doctor";
var WORKTREE_INSIDE = "/workspace";
var KNOWN_SOCKETS = [
  "/var/run/docker.sock",
  "/run/docker.sock",
  "/run/podman/podman.sock",
  "/run/containerd/containerd.sock",
  "/run/crio/crio.sock"
];
var LOOK = `secret=$1; host=$2; shift 2
section() { printf '\\n@@%s\\n' "$1"; }
section status; cat /proc/self/status
section mounts; cat /proc/self/mountinfo
section env; env
section init-env; cat /proc/1/environ 2>/dev/null
section interfaces; cat /proc/net/dev
section routes; cat /proc/net/route
section user; id -u
section namespaces; for n in pid ipc net; do readlink "/proc/self/ns/$n"; done
section processes; for p in /proc/[0-9]*; do echo "\${p#/proc/}"; done
section signalled; kill -0 "$host" 2>/dev/null && echo "$host"
section written
for d in / /usr /usr/bin /etc /bin /lib /var /opt /root /srv /dev /sys /proc /proc/sys/kernel /home; do
  if ( : > "$d/espalier-doctor" ) 2>/dev/null; then echo "$d"; rm -f "$d/espalier-doctor"; fi
done
for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /etc/passwd; do
  if ( : >> "$f" ) 2>/dev/null; then echo "$f"; fi
done
section secret; cat "$secret" 2>/dev/null
section sockets
for s in "$@"; do [ -e "$s" ] && echo "$s"; done
find / -xdev -type s 2>/dev/null
section executed
for d in /tmp "$HOME" /dev/shm; do
  if cp ${PROGRAMS_INSIDE}/nothing "$d/espalier-doctor" 2>/dev/null; then
    chmod 755 "$d/espalier-doctor"
    "$d/espalier-doctor" >/dev/null 2>&1 && echo "$d"
  fi
done
section copied; for d in /tmp "$HOME" /dev/shm; do [ -f "$d/espalier-doctor" ] && echo "$d"; done
: > owner
section end
`;
function buildLookCommand(bench) {
  const sockets = [.../* @__PURE__ */ new Set([...KNOWN_SOCKETS, ...bench.engineSockets])];
  return ["/bin/sh", "-c", LOOK, "sh", bench.secretPath, String(bench.hostPid), ...sockets];
}
function readLook(output) {
  const sections = /* @__PURE__ */ new Map();
  for (const part of output.split("\n@@").slice(1)) {
    const end = part.indexOf("\n");
    sections.set(part.slice(0, end), part.slice(end + 1).trim());
  }
  return sections.has("end") ? sections : null;
}
function readStatusField(look2, name) {
  return new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(look2.get("status") ?? "")?.[1] ?? "";
}
function readInterfaces(look2) {
  return lines(look2, "interfaces").flatMap((line2) => /^\s*([^\s:|]+):/.exec(line2)?.[1] ?? []);
}
function lines(look2, section2) {
  return (look2.get(section2) ?? "").split("\n").filter((line2) => line2 !== "");
}
function readMounts(look2) {
  return lines(look2, "mounts").flatMap((line2) => {
    const [before = "", after = ""] = line2.split(" - ", 2);
    const [, , , , point, options] = before.split(" ");
    const [type] = after.split(" ");
    return point === void 0 || options === void 0 || type === void 0 ? [] : [{ point, options: options.split(","), type }];
  });
}
function judgeLook(look2, bench, seen) {
  return [
    judgeRoot(look2),
    judgePrivileges(look2, bench, seen.euid),
    judgeUser(look2, seen.owner),
    judgeNamespace(look2, bench, "pid"),
    judgeNamespace(look2, bench, "ipc"),
    judgeTmpExec(look2),
    judgeTmpFlags(look2),
    judgeMounts(look2, bench),
    judgeSockets(look2),
    judgeEnvironment(look2)
  ];
}
function judgeRoot(look2) {
  const written = lines(look2, "written");
  return written.length > 0 ? cell("read-only-root", false, `these could be written: ${written.join(", ")}`) : cell("read-only-root", true, "17 paths of the system were written to, and every write was refused");
}
function judgePrivileges(look2, bench, euid) {
  const flag = readStatusField(look2, "NoNewPrivs");
  if (flag !== "1") return cell("no-new-privileges", false, `NoNewPrivs is ${flag || "not shown"}`);
  if (!bench.isRoot)
    return cell("no-new-privileges", true, "NoNewPrivs is 1 (only root can put a setuid-root program there to try)");
  if (euid === null)
    return { property: "no-new-privileges", status: "not-tried", evidence: "the setuid program gave no answer" };
  return euid === 0 ? cell("no-new-privileges", false, "a setuid-root program became root") : cell("no-new-privileges", true, `NoNewPrivs is 1, and a setuid-root program stayed user ${euid}`);
}
function judgeUser(look2, owner) {
  const uid = look2.get("user") ?? "";
  if (uid === "" || uid === "0") return cell("non-root-user", false, `the user inside is ${uid || "unknown"}`);
  if (owner === null)
    return { property: "non-root-user", status: "not-tried", evidence: "no file of the run was found on the host" };
  return owner === 0 ? cell("non-root-user", false, `user ${uid} inside is root on the host`) : cell("non-root-user", true, `user ${uid} inside, and its files belong to user ${owner} on the host`);
}
function judgeNamespace(look2, bench, kind) {
  const property = `${kind}-namespace`;
  const inside = lines(look2, "namespaces").find((line2) => line2.startsWith(`${kind}:`));
  const outside = bench.namespaces[kind];
  if (inside === void 0 || outside === null)
    return { property, status: "not-tried", evidence: "the namespace could not be read" };
  if (inside === outside) return cell(property, false, `it is the host's ${outside}`);
  if (kind === "ipc") return cell(property, true, `${inside}, and the host's is ${outside}`);
  const processes = lines(look2, "processes");
  const signalled = lines(look2, "signalled");
  if (signalled.length > 0 && !processes.includes(signalled[0] ?? ""))
    return cell(property, false, `process ${bench.hostPid} of the host could be signalled`);
  return cell(
    property,
    true,
    `${processes.length} processes are visible, none of the host's; the namespace is ${inside}`
  );
}
function judgeTmpExec(look2) {
  const copied = lines(look2, "copied");
  const executed = lines(look2, "executed");
  if (executed.length > 0) return cell("tmp-noexec", false, `a program was started from ${executed.join(", ")}`);
  if (copied.length === 0)
    return { property: "tmp-noexec", status: "not-tried", evidence: "no program could be put there" };
  return cell("tmp-noexec", true, `a program was put into ${copied.join(", ")}, and could not be started there`);
}
function judgeTmpFlags(look2) {
  const mounts = readMounts(look2);
  const bad = ["/tmp", "/dev/shm", "/home/agent"].flatMap((folder) => {
    const holder = mounts.filter(({ point }) => isWithin(folder, point)).toSorted((a, b) => b.point.length - a.point.length)[0];
    const missing = ["nosuid", "nodev"].filter((flag) => !(holder?.options.includes(flag) ?? false));
    return missing.length === 0 ? [] : [`${folder} lacks ${missing.join(" and ")}`];
  });
  return bad.length > 0 ? cell("tmp-nosuid-nodev", false, bad.join(", ")) : cell("tmp-nosuid-nodev", true, "the mounts that hold /tmp, /dev/shm and the home folder are nosuid and nodev");
}
var PRIVATE_TYPES = ["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "devtmpfs"];
function judgeMounts(look2, bench) {
  const secret = look2.get("secret") ?? "";
  if (secret.includes(bench.secret))
    return cell(
      "only-worktree-mounted",
      false,
      `a file of the host that was not mounted could be read: ${bench.secretPath}`
    );
  const shared = readMounts(look2).filter(({ type, point }) => !PRIVATE_TYPES.includes(type) && point !== "/");
  const writable = shared.filter(({ point, options }) => point !== WORKTREE_INSIDE && !options.includes("ro"));
  const isBorrowed = (point) => ["/usr", "/etc", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", PROGRAMS_INSIDE].some(
    (folder) => isWithin(point, folder)
  );
  if (writable.length > 0)
    return cell(
      "only-worktree-mounted",
      false,
      `writable beside the worktree: ${writable.map(({ point }) => point).join(", ")}`
    );
  const others = shared.filter(({ point }) => point !== WORKTREE_INSIDE && !isBorrowed(point));
  const tools = others.length === 0 ? "" : `; read-only tools: ${others.map(({ point }) => point).join(", ")}`;
  return cell(
    "only-worktree-mounted",
    true,
    `a readable file of the host was not found inside, and only the worktree is writable${tools}`
  );
}
function judgeSockets(look2) {
  const sockets = lines(look2, "sockets");
  return sockets.length > 0 ? cell("no-engine-socket", false, `there are sockets inside: ${[...new Set(sockets)].join(", ")}`) : cell(
    "no-engine-socket",
    true,
    "none of the known engine sockets is there, and a search of the root found no socket"
  );
}
var EXPECTED_VARIABLES = [
  "DOCTOR_GIVEN",
  "PATH",
  "HOME",
  "LANG",
  "TMPDIR",
  "PWD",
  "OLDPWD",
  "SHLVL",
  "_",
  "HOSTNAME",
  "container"
];
var EXPECTED_OF_FIRST = [...EXPECTED_VARIABLES, "ESPALIER_SANDBOX_RUN"];
function judgeEnvironment(look2) {
  const names = (text, separator) => text.split(separator).flatMap((entry) => /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(entry)?.[1] ?? []);
  const inside = names(look2.get("env") ?? "", "\n");
  const first = names(look2.get("init-env") ?? "", "\0");
  const surplus = [
    ...inside.filter((name) => !EXPECTED_VARIABLES.includes(name)),
    ...first.filter((name) => !EXPECTED_OF_FIRST.includes(name))
  ];
  if (surplus.length > 0)
    return cell("empty-environment", false, `variables that nobody gave: ${[...new Set(surplus)].join(", ")}`);
  if (!inside.includes("DOCTOR_GIVEN"))
    return cell("empty-environment", false, "a variable that was given is not there");
  return cell("empty-environment", true, `only ${inside.filter((name) => name !== "_").join(", ")}`);
}

// src/engine/doctor-limits.ts
var MIB = 1024 ** 2;
var READ_WRITE = 3;
var MAPPING = 32802;
var BUSY_LOOPS = 4;
var BUSY_SECONDS = 1.5;
var FORK = 'i=0; while [ "$i" -lt "$1" ]; do sleep 9 & i=$((i+1)); done; echo reached "$i"';
var BURN = `read before rest < /proc/uptime
pids=; for n in 1 2 3 4; do (while :; do :; done) & pids="$pids $!"; done
sleep ${BUSY_SECONDS}; kill -9 $pids; wait 2>/dev/null
read after rest < /proc/uptime; echo "$before $after"; times`;
var DAEMON = `beat='trap "" HUP TERM INT; while :; do printf . >> heartbeat; sleep 0.05; done'
if command -v setsid >/dev/null 2>&1; then (setsid sh -c "$beat" >/dev/null 2>&1 </dev/null &)
else (sh -c "$beat" >/dev/null 2>&1 </dev/null &); fi
while [ ! -s heartbeat ]; do sleep 0.05; done; exit 0`;
function buildLimitCommands(limits) {
  const bytes = Math.floor(limits.memoryBytes * 1.25);
  return {
    memory: [{ name: "mmap", args: [0, bytes, READ_WRITE, MAPPING, -1, 0] }],
    pids: ["/bin/sh", "-c", FORK, "sh", String(limits.pids + 32)],
    cpu: ["/bin/sh", "-c", BURN],
    daemon: ["/bin/sh", "-c", DAEMON]
  };
}
function judgeMemory(ended, limits) {
  const limit = `${Math.round(limits.memoryBytes / MIB)} MiB`;
  if (ended.status === "out-of-memory" || ended.status === "exited" && ended.exitCode === 137)
    return cell("memory-limit", true, `a program that touched 125 % of ${limit} was killed by the kernel`);
  if (ended.status === "exited" && ended.exitCode === 0)
    return cell("memory-limit", false, `a program touched 125 % of ${limit} and went on`);
  return { property: "memory-limit", status: "not-tried", evidence: `the program ended otherwise: ${describe2(ended)}` };
}
function judgePids(ended, limits) {
  if (new TextDecoder().decode(ended.output).includes("reached"))
    return cell("pids-limit", false, `${limits.pids + 32} processes were started where ${limits.pids} are the limit`);
  if (ended.status === "engine-error")
    return { property: "pids-limit", status: "not-tried", evidence: describe2(ended) };
  return cell(
    "pids-limit",
    true,
    `of ${limits.pids + 32} processes not all could be started; the limit is ${limits.pids}`
  );
}
function judgeCpu(ended, limits) {
  const output = new TextDecoder().decode(ended.output);
  const clock = /^([\d.]+) ([\d.]+)$/m.exec(output);
  const used = /^(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/.exec(output.trim().split("\n").at(-1) ?? "");
  if (clock === null || used === null)
    return { property: "cpu-limit", status: "not-tried", evidence: `no measure was made: ${describe2(ended)}` };
  const wall = Number(clock[2]) - Number(clock[1]);
  const burnt = Number(used[1]) * 60 + Number(used[2]) + Number(used[3]) * 60 + Number(used[4]);
  const share = burnt / wall;
  const measured = `${BUSY_LOOPS} busy loops got ${share.toFixed(2)} processors over ${wall.toFixed(1)} s, the limit is ${limits.cpus}`;
  if (share > limits.cpus * 1.3 + 0.05) return cell("cpu-limit", false, measured);
  if (share < limits.cpus * 0.6)
    return {
      property: "cpu-limit",
      status: "not-tried",
      evidence: `the machine was too busy to reach the limit: ${measured}`
    };
  return cell("cpu-limit", true, measured);
}
function judgeDaemons(before, after) {
  if (before === null || after === null || before === 0)
    return { property: "processes-end-with-run", status: "not-tried", evidence: "the daemon did not come up" };
  return before === after ? cell(
    "processes-end-with-run",
    true,
    "a daemon in its own session, deaf to signals, was dead when the run had ended"
  ) : cell("processes-end-with-run", false, "a daemon went on writing after the run had ended");
}
function describe2(ended) {
  return ended.detail === "" ? `${ended.status} ${ended.exitCode ?? ""}`.trim() : ended.detail;
}

// src/engine/doctor.ts
async function runDoctor(options) {
  const table = { engines: [], rows: [] };
  await writePrograms(options.bench);
  for (const { probe, sandbox } of options.subjects) {
    const { engine, works, because, nextStep } = probe;
    table.engines.push({ engine, works, because, nextStep });
    if (sandbox === null) continue;
    for (const profile of options.profiles ?? PROFILES) {
      options.onStep?.(engine, profile);
      table.rows.push(await examine({ probe, sandbox, profile, bench: options.bench }));
    }
  }
  return table;
}
async function writePrograms(bench) {
  if (bench.architecture === null) return;
  const probe = buildSyscallProbe(bench);
  await bench.writeProgram("syscalls", buildProbeProgram(probe.calls, probe.data, bench.architecture), true);
  await bench.writeProgram("nothing", buildProbeProgram([], new Uint8Array(), bench.architecture), false);
  const memory = buildLimitCommands(limitResources("small", bench.machine)).memory;
  await bench.writeProgram("memory", buildProbeProgram(memory, new Uint8Array(), bench.architecture), false);
}
async function examine(examination) {
  const { probe, profile, bench } = examination;
  const missing = new Map(probe.missing.map(({ property, because }) => [property, because]));
  const cells = [];
  if (probe.engine !== "none") {
    cells.push(...await lookAround2(examination));
    for (const property of ["memory-limit", "pids-limit", "cpu-limit"])
      if (!missing.has(property)) cells.push(await tryLimit(examination, property));
  }
  cells.push(await tryDaemon(examination));
  await bench.clearWorktree();
  return judgeRow(
    probe.engine,
    profile,
    PROPERTIES.map((property) => settle2(property, profile, missing.get(property), cells))
  );
}
function settle2(property, profile, missingBecause, cells) {
  const found2 = cells.find((candidate) => candidate.property === property);
  const isDemanded = PROFILE_RULES[profile].required.includes(property);
  if (missingBecause !== void 0) return { property, status: "not-enforced", evidence: missingBecause };
  if (!isDemanded) return { property, status: "not-demanded", evidence: `the profile '${profile}' leaves this open` };
  return found2 ?? { property, status: "not-tried", evidence: "the run that tries it did not come to its end" };
}
async function lookAround2(examination) {
  const { bench, profile } = examination;
  const looked = await run(examination, buildLookCommand(bench), { env: { DOCTOR_GIVEN: "given" } });
  const look2 = readLook(new TextDecoder().decode(looked.output));
  if (look2 === null) return [];
  const owner = await bench.ownerOf("owner");
  const answers = await askKernel(examination);
  const cells = judgeLook(look2, bench, { euid: answers?.[0]?.answer ?? null, owner });
  if (answers === null) return cells;
  const capabilities = Object.fromEntries(
    ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map((name) => [name, readStatusField(look2, name)])
  );
  cells.push(judgeSeccomp(answers, readStatusField(look2, "Seccomp")), judgeCapabilities(answers, capabilities));
  if (!PROFILE_RULES[profile].mayOpenNetwork) cells.push(judgeNetwork(answers, bench, readInterfaces(look2)));
  return cells;
}
async function askKernel(examination) {
  if (examination.bench.architecture === null) return null;
  const { calls } = buildSyscallProbe(examination.bench);
  const asked = await run(examination, [`${PROGRAMS_INSIDE}/syscalls`], {});
  return readProbeResults(asked.output, calls);
}
async function tryLimit(examination, property) {
  const limits = limitResources("small", examination.bench.machine);
  const commands = buildLimitCommands(limits);
  switch (property) {
    case "memory-limit":
      if (examination.bench.architecture === null)
        return { property, status: "not-tried", evidence: "no probe program for this processor architecture" };
      return judgeMemory(await run(examination, [`${PROGRAMS_INSIDE}/memory`], { timeoutMs: 3e4 }), limits);
    case "pids-limit":
      return judgePids(await run(examination, commands.pids, { timeoutMs: 8e3 }), limits);
    case "cpu-limit": {
      let measured = judgeCpu(await run(examination, commands.cpu, {}), limits);
      for (let again = 1; again < CPU_LOOKS && measured.status === "not-tried"; again += 1)
        measured = judgeCpu(await run(examination, commands.cpu, {}), limits);
      return measured;
    }
  }
}
async function tryDaemon(examination) {
  const { bench } = examination;
  await run(examination, buildLimitCommands(limitResources("small", bench.machine)).daemon, {});
  const before = await bench.sizeOf("heartbeat");
  await bench.sleep(300);
  return judgeDaemons(before, await bench.sizeOf("heartbeat"));
}
var CPU_LOOKS = 4;
var runs = 0;
async function run({ sandbox, profile, bench }, command, overrides) {
  await bench.clearWorktree();
  await sandbox.prepareWritable([bench.worktree]);
  const worktree = { source: bench.worktree, target: WORKTREE_INSIDE, access: "read-write" };
  const chunks = [];
  runs += 1;
  const request = {
    name: `doctor-${bench.hostPid}-${runs}`,
    profile,
    resources: "small",
    network: PROFILE_RULES[profile].mayOpenNetwork ? "open" : "none",
    command,
    workdir: sandbox.pathInside(worktree),
    mounts: [worktree, { source: bench.programs, target: PROGRAMS_INSIDE, access: "read-only" }],
    env: overrides.env ?? {},
    stdin: null,
    timeoutMs: overrides.timeoutMs ?? 2e4,
    outputLimitBytes: 1e6,
    onStdout: (chunk) => void chunks.push(chunk)
  };
  const exit = await sandbox.run(request);
  return { ...exit, output: join2(chunks) };
}
function join2(chunks) {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

// src/entrypoints/cli/examine-machine.ts
async function examineMachine(session2, options) {
  const folder = await mkdtemp3(path11.join(os5.tmpdir(), "espalier-doctor-"));
  try {
    const table = await examine2(session2, options, folder);
    if (options.json === true) session2.input.stdout.write(`${renderDoctorJson(table)}
`);
    else session2.out.print(renderDoctorTable(table).map((text) => line(text, styleOf3(text))));
    session2.end(judgeTable(table));
  } finally {
    await rm4(folder, { recursive: true, force: true });
  }
}
async function examine2(session2, options, folder) {
  const { env } = session2.input;
  const engines = options.sandbox ?? SANDBOX_ENGINES.filter((engine) => engine !== "none");
  const probed = await probeEngines(engines, {
    root: options.image === void 0 ? { kind: "host" } : { kind: "image", image: options.image },
    toolPaths: [],
    stateDir: path11.join(folder, "sandbox"),
    env
  });
  const { bench, close } = await openDoctorBench(path11.join(folder, "bench"), env);
  try {
    return await runDoctor({
      // What an engine is known to lack is waived, so that the rest of it can be examined.
      subjects: probed.map(({ probe, createSandbox }) => ({
        probe,
        sandbox: createSandbox === null ? null : createSandbox(probe.missing.map(({ property }) => property))
      })),
      bench,
      onStep: (engine, profile) => {
        session2.note(`trying to break ${engine}, profile ${profile}`);
      }
    });
  } finally {
    await close();
  }
}
function judgeTable(table) {
  if (!table.engines.some((engine) => engine.works)) return "unfit";
  if (table.rows.some((row) => row.verdict === "broken")) return "findings";
  return table.rows.some((row) => row.profile === "strict" && row.verdict === "enforced") ? "ok" : "findings";
}
function styleOf3(text) {
  if (/BROKEN/.test(text)) return "bad";
  return /\b(?:missing|refused|not tried)\b/.test(text) ? "warn" : "plain";
}

// src/entrypoints/cli/doctor-command.ts
function addDoctorCommand(program2, session2) {
  const command = program2.command("doctor").summary("prove what the sandboxes of this machine enforce, or what GitHub does").description(
    "Tries to break every property that a sandbox promises, with every engine that works on this machine, and prints what held. The exit code is 1 when something that should hold did not, or when no engine holds all that the profile 'strict' demands; 3 when no engine works.\n\nWith --github it tries instead what the GitHub App takes for granted about GitHub, with the credentials of the app (APP_ID with PRIVATE_KEY or PRIVATE_KEY_PATH, also from its .env) or a GITHUB_TOKEN, on the repository that --repo owner/name names. It makes branches below espalier-staging/doctor-… and deletes them again. The exit code is 1 when GitHub differs or a permission is missing; 3 when GitHub cannot be asked."
  ).option(
    "--sandbox <engines>",
    `only these engines (${SANDBOX_ENGINES.join(", ")}; comma-separated)`,
    listOf(SANDBOX_ENGINES)
  ).option("--image <image>", "container image for docker and podman").option("--github", "try what GitHub does, on the repository --repo owner/name").option(
    "--write",
    "with --github: also open an issue and pull requests there, which are closed again, and dispatch the workflow"
  ).option("--json", "print the table as one JSON document").action(async (options) => {
    if (options.github !== true) {
      if (options.write === true) throw new CliError("usage", "Only --github has something to --write.");
      return examineMachine(session2, options);
    }
    if (options.sandbox !== void 0 || options.image !== void 0)
      throw new CliError("usage", "With --github no sandbox is examined: leave --sandbox and --image out.");
    const { repo } = program2.opts();
    return examineGithub(session2, { ...options, repo });
  });
  addExamples(command, [
    ["espalier doctor", "all engines that work here"],
    ["espalier doctor --sandbox bubblewrap --json", "one engine, for a script"],
    ["espalier doctor --github --repo owner/name", "what GitHub does, as far as branches tell it"],
    ["espalier doctor --github --write --repo owner/name", "all of it, in a repository for trying things"]
  ]);
}

// src/core/setup/setup-options.ts
var SETUP_VARIANTS = ["app", "serverless"];
var AGENT_SETUPS = {
  claude: { npmPackage: "@anthropic-ai/claude-code@2.1.330", keyName: "ANTHROPIC_API_KEY" },
  codex: { npmPackage: "@openai/codex@0.169.0", keyName: "OPENAI_API_KEY" },
  command: { npmPackage: null, keyName: null }
};
var AGENT_NAMES = Object.keys(AGENT_SETUPS);
function keyNameOf({ agent, keyName }) {
  return keyName ?? AGENT_SETUPS[agent].keyName;
}
function readKeyName(text) {
  const isFit = /^[A-Z][A-Z0-9_]{0,99}$/.test(text) && !/^(?:GITHUB|ACTIONS|RUNNER|INPUT)_/.test(text);
  return isFit ? { ok: true, value: text } : { ok: false, because: "a key is named like ANTHROPIC_API_KEY: capitals, digits, underscores; not GITHUB_…" };
}
function readActionSha(text) {
  return isObjectName(text) && text.length === 40 ? { ok: true, value: text } : { ok: false, because: "the commit of the Action is a full SHA of 40 hex digits, not a tag or a branch" };
}
var REPOSITORY_URL = /^(?:git\+)?https:\/\/github\.com\/([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([A-Za-z0-9._-]{1,100}?)(?:\.git)?$/;
function readCoordinates(manifest) {
  const repository = manifest?.repository;
  const url = typeof repository === "string" ? repository : repository?.url;
  const [, owner, name] = typeof url === "string" ? REPOSITORY_URL.exec(url) ?? [] : [];
  return owner === void 0 || name === void 0 || name === "." || name === ".." ? null : `${owner}/${name}`;
}

// src/core/setup/policy/workflow-document.ts
var import_yaml = __toESM(require_dist(), 1);
var MAX_LENGTH = 256 * 1024;
function readWorkflowDocument(text) {
  if (text.length > MAX_LENGTH) return { ok: false, because: `it has ${text.length} characters` };
  const document = (0, import_yaml.parseDocument)(text, { logLevel: "silent" });
  const [error2] = document.errors;
  if (error2 !== void 0) return { ok: false, because: error2.message.split("\n")[0] ?? "it is no YAML" };
  let hasAlias = false;
  const values = [];
  (0, import_yaml.visit)(document, {
    Alias: () => {
      hasAlias = true;
    },
    Scalar: (key, node, ancestors) => {
      if (key === "key") return;
      values.push({
        path: pathOf([...ancestors, node]),
        text: wordAt({ value: node.value }, "value"),
        comment: (node.comment ?? "").trim()
      });
    }
  });
  if (hasAlias) return { ok: false, because: "it uses aliases of YAML, whose effect is not where they are written" };
  const root = document.toJS();
  if (!isFields(root) || !isFields(root["jobs"]) || root["on"] === void 0)
    return { ok: false, because: `it has no map 'jobs', or no 'on'` };
  return { ok: true, value: { fields: root, jobs: readJobs(root["jobs"]), values } };
}
function isFields(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
function fieldsAt(fields, name) {
  const value = fields[name];
  return isFields(value) ? value : {};
}
function wordAt(fields, name) {
  const value = fields[name];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
function placeOf3(path16) {
  return path16.map((part) => typeof part === "number" ? `[${part}]` : `.${part}`).join("").replace(/^\./, "");
}
function modeOf({ action, inputs }) {
  const { mode } = inputs;
  return action !== null && typeof mode === "string" && !/^(?:actions|docker)\//.test(action) ? mode : null;
}
function readJobs(jobs) {
  return Object.entries(jobs).map(([id, value]) => {
    const fields = isFields(value) ? value : {};
    const place = `jobs.${id}`;
    const steps = Array.isArray(fields["steps"]) ? fields["steps"] : [];
    return { id, place, fields, steps: steps.map((step, at) => readStep(step, `${place}.steps[${at}]`)) };
  });
}
function readStep(step, place) {
  const fields = isFields(step) ? step : {};
  const { uses } = fields;
  const action = typeof uses === "string" ? (uses.split("@")[0] ?? "").toLowerCase() : null;
  return { place, fields, inputs: fieldsAt(fields, "with"), action };
}
function pathOf(nodes) {
  return nodes.flatMap((node, at) => {
    if ((0, import_yaml.isPair)(node)) return [(0, import_yaml.isScalar)(node.key) ? String(node.key.value) : ""];
    const parent = nodes[at - 1];
    return (0, import_yaml.isSeq)(parent) && ((0, import_yaml.isMap)(node) || (0, import_yaml.isScalar)(node) || (0, import_yaml.isSeq)(node) || (0, import_yaml.isAlias)(node)) ? [parent.items.indexOf(node)] : [];
  });
}

// src/core/setup/policy/job-rules.ts
var MODE_PERMISSIONS = {
  route: { contents: "read", issues: "read", "pull-requests": "read" },
  reconcile: {
    actions: "write",
    checks: "write",
    contents: "write",
    issues: "write",
    "pull-requests": "write",
    statuses: "read"
  },
  work: { contents: "read" },
  verify: { contents: "read" },
  publish: { contents: "write", actions: "write" },
  cleanup: { contents: "write", issues: "read" }
};
var MAX_TIMEOUT_MINUTES = 360;
function eachJob(find) {
  return (document) => document.jobs.flatMap((job) => find(job, document).map((found2) => ({ place: job.place, found: found2 })));
}
function modesOf(job) {
  return job.steps.flatMap((step) => modeOf(step) ?? []);
}
function writesOf(job) {
  const { permissions } = job.fields;
  if (!isFields(permissions)) return [];
  return Object.entries(permissions).flatMap(([name, level]) => level === "write" ? [name] : []);
}
var JOB_RULES = [
  {
    name: "no-dangerous-trigger",
    wanted: "no pull_request_target: it gives the rights of the base to a run about code of anybody",
    find({ fields }) {
      const { on } = fields;
      const events = isFields(on) ? Object.keys(on) : Array.isArray(on) ? on.map(String) : [String(on)];
      return events.filter((event) => event === "pull_request_target").map((event) => ({ place: "on", found: event }));
    }
  },
  {
    name: "nothing-by-default",
    wanted: "'permissions: {}' at the top, so that a job has only what it names",
    find({ fields: { permissions } }) {
      const isEmpty = isFields(permissions) && Object.keys(permissions).length === 0;
      return isEmpty ? [] : [{ place: "permissions", found: JSON.stringify(permissions) ?? "nothing" }];
    }
  },
  {
    name: "permissions-by-name",
    wanted: "a map of permissions for each job, each with a level",
    find: eachJob(({ fields: { permissions } }) => {
      if (!isFields(permissions)) return [JSON.stringify(permissions) ?? "nothing"];
      return Object.entries(permissions).flatMap(
        ([name, level]) => ["read", "write", "none"].includes(String(level)) ? [] : [`${name}: ${String(level)}`]
      );
    })
  },
  {
    name: "permissions-of-modes",
    wanted: "no more than the mode of the Action needs: jobs that run agents only read",
    find: eachJob(
      (job) => modesOf(job).flatMap((mode) => {
        const most = MODE_PERMISSIONS[mode];
        if (most === void 0) return [`the mode '${mode}' is unknown`];
        return Object.entries(fieldsAt(job.fields, "permissions")).flatMap(
          ([name, level]) => level === "none" || most[name] === level || most[name] === "write" && level === "read" ? [] : [`${name}: ${String(level)} in a job of the mode ${mode}`]
        );
      })
    )
  },
  {
    name: "one-mode-a-job",
    wanted: "one mode of the Action in a job, so that agents, judges and whoever writes are on machines of their own",
    find: eachJob((job) => modesOf(job).length > 1 ? [modesOf(job).join(", ")] : [])
  },
  {
    name: "writers-run-no-scripts",
    wanted: "no run: in a job that may write, and no action but those that bring files and tokens",
    find: eachJob((job) => {
      if (writesOf(job).length === 0) return [];
      return job.steps.flatMap((step) => {
        if (step.action === null) return ["a step with run:"];
        const isFit = FIT_FOR_WRITERS.has(step.action) || modeOf(step) !== null;
        return isFit ? [] : [`a step with ${step.action}`];
      });
    })
  },
  {
    name: "time-is-bounded",
    wanted: `timeout-minutes from 1 to ${MAX_TIMEOUT_MINUTES} for each job with steps`,
    find: eachJob((job) => {
      const minutes = job.fields["timeout-minutes"];
      const isBounded = typeof minutes === "number" && minutes >= 1 && minutes <= MAX_TIMEOUT_MINUTES;
      return job.steps.length === 0 || isBounded ? [] : [JSON.stringify(minutes) ?? "nothing"];
    })
  },
  {
    name: "one-failure-stops-nobody",
    wanted: "'fail-fast: false' in each matrix",
    find: eachJob((job) => {
      const strategy = fieldsAt(job.fields, "strategy");
      return strategy["matrix"] === void 0 || strategy["fail-fast"] === false ? [] : ["fail-fast is on"];
    })
  },
  {
    name: "nothing-is-dropped",
    wanted: "for a reconcile: a group for each plan, cancel-in-progress: false, queue: max",
    find: eachJob((job, { fields }) => {
      if (!modesOf(job).includes("reconcile")) return [];
      const concurrency = fieldsAt(job.fields, "concurrency");
      const group = wordAt(concurrency, "group");
      return [
        ...fields["concurrency"] === void 0 ? [] : ["a group for the whole workflow"],
        .../\$\{\{\s*matrix\.plan\s*\}\}/.test(group) ? [] : [`the group '${group}'`],
        ...concurrency["cancel-in-progress"] === false ? [] : ["what is at work may be cancelled"],
        ...concurrency["queue"] === "max" ? [] : ["only one waits"]
      ];
    })
  },
  {
    name: "machine-of-its-own",
    wanted: "no container and no services in a job that runs the Action: GitHub gives these the socket of its engine",
    find: eachJob(
      (job) => modesOf(job).length === 0 ? [] : ["container", "services"].filter((name) => job.fields[name] !== void 0)
    )
  }
];
var FIT_FOR_WRITERS = /* @__PURE__ */ new Set([
  "actions/checkout",
  "actions/download-artifact",
  "actions/create-github-app-token"
]);

// src/core/setup/pinned-actions.ts
var PINNED_ACTIONS = {
  checkout: {
    repository: "actions/checkout",
    sha: "3d3c42e5aac5ba805825da76410c181273ba90b1",
    version: "v7.0.1"
  },
  // The first version that can leave a file as it is (`archive: false`), so that its digest is the artifact's.
  uploadArtifact: {
    repository: "actions/upload-artifact",
    sha: "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
    version: "v7.0.0"
  },
  downloadArtifact: {
    repository: "actions/download-artifact",
    sha: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
    version: "v8.0.1"
  },
  createAppToken: {
    repository: "actions/create-github-app-token",
    sha: "1b10c78c7865c340bc4f6099eb2f838309f1e8c3",
    version: "v3.1.1"
  }
};
function writeUses({ repository, sha, version }) {
  return `${repository}@${sha} # ${version}`;
}

// src/core/setup/workflow-parts.ts
var WORKFLOW_FILES = {
  dispatch: "espalier-dispatch.yml",
  attempt: "espalier-attempt.yml",
  reconcile: "espalier.yml"
};
var APP_CLIENT_ID = "ESPALIER_CLIENT_ID";
var APP_PRIVATE_KEY = "ESPALIER_PRIVATE_KEY";
var APP_WORKFLOWS = "ESPALIER_WORKFLOWS";
var CLEANUP_SWITCH = "ESPALIER_CLEANUP";
var REVIEWER_KEY = "ESPALIER_REVIEWER_KEY";
function expression(text) {
  return `\${{ ${text} }}`;
}
function quoteYaml(text) {
  if (/^[ -&(-~]*$/.test(text)) return `'${text}'`;
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (found2) => String.raw`\u` + found2.charCodeAt(0).toString(16).padStart(4, "0")
  );
}
function indent(text, spaces) {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(spaces));
}
function renderOwnCheckout({ action, defaultBranch }) {
  if (action.kind === "published") return "";
  return `- name: Bring the Action
  uses: ${writeUses(PINNED_ACTIONS.checkout)}
  with:
    ref: ${quoteYaml(defaultBranch)} # code that was merged, whatever the event is about
    persist-credentials: false
`;
}
function renderActionStep({ action }, step) {
  const map = (name, entries) => [
    `  ${name}:`,
    ...Object.entries(entries).map(([key, value]) => `    ${key}: ${value}`)
  ];
  return [
    `- name: ${step.name}`,
    `  id: ${step.id}`,
    ...step.condition === void 0 ? [] : [`  if: ${step.condition}`],
    `  uses: ${action.kind === "own" ? "./" : writeUses(action)}`,
    ...map("with", step.inputs),
    ...step.env === void 0 ? [] : map("env", step.env),
    ""
  ].join("\n");
}

// src/core/setup/policy/step-rules.ts
var PINNED = /^(?!\.)[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
var MAX_RETENTION_DAYS = 90;
var GIVEN_FILES = ["pack", "work", "evidence"];
function eachStep(find) {
  return ({ jobs }) => jobs.flatMap(({ steps }) => steps.flatMap((step) => find(step).map((found2) => ({ place: step.place, found: found2 }))));
}
function eachUse(action, find) {
  return eachStep((step) => step.action === action ? find(step.inputs, step) : []);
}
function isFalse(value) {
  return value === false || value === "false";
}
var STEP_RULES = [
  {
    name: "pinned",
    wanted: "each action at a full commit SHA with its version behind it as a comment; tags and branches can be moved",
    find: ({ values }) => values.flatMap(({ path: path16, text, comment: comment2 }) => {
      if (path16[0] !== "jobs" || path16.at(-1) !== "uses") return [];
      const place = path16.join(".");
      if (/^\.\/(?!.*\.\.)/.test(text)) return [];
      if (!PINNED.test(text)) return [{ place, found: text }];
      return /^v\d+(?:\.\d+){0,2}\b/.test(comment2) ? [] : [{ place, found: `${text} without its version` }];
    })
  },
  {
    name: "no-credentials-on-disk",
    wanted: "'persist-credentials: false' for each checkout",
    find: eachUse(
      "actions/checkout",
      (inputs) => isFalse(inputs["persist-credentials"]) ? [] : [JSON.stringify(inputs["persist-credentials"]) ?? "nothing"]
    )
  },
  {
    name: "no-shared-cache",
    wanted: "no cache: what an agent leaves in one is loaded by whoever comes next",
    find: eachStep(({ action, inputs }) => {
      if (action === null) return [];
      if (/^actions\/cache(?:\/|$)/.test(action)) return [action];
      const isNode2 = action === "actions/setup-node" && !isFalse(inputs["package-manager-cache"]);
      return [
        ..."cache" in inputs ? [`${action} with cache`] : [],
        ...isNode2 ? [`${action} caches by itself`] : []
      ];
    })
  },
  {
    name: "artifacts-are-files",
    wanted: `for each upload 'archive: false' (its digest is then that of the file), 'if-no-files-found: error', retention-days of at most ${MAX_RETENTION_DAYS}, no overwrite`,
    find: eachUse("actions/upload-artifact", (inputs) => {
      const days = Number(wordAt(inputs, "retention-days"));
      return [
        ...isFalse(inputs["archive"]) ? [] : ["an archive"],
        ...inputs["if-no-files-found"] === "error" ? [] : ["a missing file is passed over"],
        ...days >= 1 && days <= MAX_RETENTION_DAYS ? [] : [`retention-days: ${wordAt(inputs, "retention-days")}`],
        ...inputs["overwrite"] === void 0 || isFalse(inputs["overwrite"]) ? [] : ["overwrite"]
      ];
    })
  },
  {
    name: "logs-in-any-case",
    wanted: "a log is left also after a failure: always() in its condition",
    find: eachUse(
      "actions/upload-artifact",
      (inputs, { fields }) => /\.outputs\.log\b/.test(wordAt(inputs, "path")) && !/\balways\(\)/.test(wordAt(fields, "if")) ? ["its condition"] : []
    )
  },
  {
    name: "artifacts-of-this-run",
    wanted: "one artifact by its name, of this run, as it is, an error if its digest differs",
    find: eachUse("actions/download-artifact", (inputs) => [
      ...typeof inputs["name"] === "string" && inputs["name"] !== "" ? [] : ["no name"],
      ...["pattern", "artifact-ids", "run-id", "repository", "github-token"].filter((name) => name in inputs),
      ...inputs["skip-decompress"] === true ? [] : ["archives are unpacked"],
      ...(inputs["digest-mismatch"] ?? "error") === "error" ? [] : ["a digest that differs is passed over"]
    ])
  },
  {
    name: "files-with-digests",
    wanted: "a file of another job only with the digest that this job has put out",
    find: eachStep((step) => {
      if (modeOf(step) === null) return [];
      return GIVEN_FILES.filter((name) => name in step.inputs).flatMap((name) => {
        const digest = wordAt(step.inputs, `${name}-sha256`);
        return /^\$\{\{ *needs\.[\w-]+\.outputs\.[\w-]+(?: *\|\| *needs\.[\w-]+\.outputs\.[\w-]+)* *\}\}$/.test(digest) ? [] : [`${name} with the digest '${digest}'`];
      });
    })
  },
  {
    name: "narrow-app-tokens",
    wanted: `a token of an App only where there is one (vars.${APP_CLIENT_ID}), for this repository, with named permissions, and taken back`,
    find: eachUse("actions/create-github-app-token", (inputs, { fields }) => [
      ...wordAt(fields, "if").includes(`vars.${APP_CLIENT_ID}`) ? [] : ["no condition"],
      ...Object.keys(inputs).some((name) => name.startsWith("permission-")) ? [] : ["all permissions of the App"],
      ...["owner", "repositories", "skip-token-revoke", "permission-administration", "permission-secrets"].filter(
        (name) => name in inputs
      )
    ])
  },
  {
    name: "no-hidden-failure",
    wanted: "no 'continue-on-error' in a step of the Action: what failed must be seen to have failed",
    find: eachStep(
      (step) => modeOf(step) === null || step.fields["continue-on-error"] === void 0 ? [] : ["continue-on-error"]
    )
  }
];

// src/core/setup/policy/expression-reads.ts
var TEXT = String.raw`'(?:[^']|'')*'`;
var NAME2 = String.raw`[a-z_][\w-]*`;
var CHAIN = String.raw`${NAME2}(?:\s*\.\s*(?:${NAME2}|\*)|\s*\[\s*${TEXT}\s*\])*`;
var TOKEN = new RegExp(String.raw`${TEXT}|\d[\w.]*|(?<chain>${CHAIN})|(?<sign>[()[\].])|[^\s\w]`, "gi");
var PART = new RegExp(`${TEXT}|${NAME2}|\\*`, "gi");
var LITERALS = /* @__PURE__ */ new Set(["true", "false", "null", "nan", "infinity"]);
function findExpressions(text, isCondition2) {
  const found2 = [...text.matchAll(/\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}/g)].map(([, inner = ""]) => inner);
  return found2.length === 0 && isCondition2 ? [text] : found2;
}
function readsOf(source) {
  const tokens = [...source.matchAll(TOKEN)].map(([token, ...groups]) => ({ token, isChain: groups[0] !== void 0 }));
  const reads = [];
  const open3 = [];
  tokens.forEach(({ token, isChain }, at) => {
    const before = tokens[at - 1];
    const next = tokens[at + 1]?.token;
    if (token === "(") open3.push(before?.isChain === true ? before.token.toLowerCase() : "");
    else if (token === "[") open3.push("");
    else if (token === ")" || token === "]") open3.pop();
    if (!isChain || next === "(" || before?.token === ".") return;
    const path16 = [...token.matchAll(PART)].map(([part]) => part.replace(/^'|'$/g, "").toLowerCase());
    if (next === "[") path16.push("[]");
    if (LITERALS.has(path16.join("."))) return;
    reads.push({ path: path16.join("."), within: open3.filter((name) => name !== "") });
  });
  return reads;
}

// src/core/setup/policy/value-rules.ts
var TRUSTED_ROOTS = /* @__PURE__ */ new Set([
  ...["inputs", "needs", "steps", "matrix", "strategy", "job", "jobs", "runner", "vars", "env", "secrets"]
]);
var TRUSTED_GITHUB = new Set(
  [
    ...["event_name", "repository", "repository_id", "repository_owner", "repository_owner_id", "run_id", "run_number"],
    ...["run_attempt", "workflow", "sha", "token", "server_url", "api_url", "workspace", "actor_id", "ref_protected"],
    "event.schedule"
  ].map((name) => `github.${name}`)
);
var TRUSTED_LEAVES = /* @__PURE__ */ new Set(["id", "number", "type", "state", "action", "event", "fork"]);
var WORDED = /* @__PURE__ */ new Set(["[]", "client_payload", "inputs"]);
var ASKING = /* @__PURE__ */ new Set(["contains", "startswith", "endswith"]);
function isTrusted({ path: path16 }) {
  const [root = "", ...rest2] = path16.split(".");
  if (TRUSTED_ROOTS.has(root)) return true;
  if (TRUSTED_GITHUB.has(path16)) return true;
  const leaf = rest2.at(-1) ?? "";
  return root === "github" && rest2[0] === "event" && rest2.length > 1 && !rest2.some((part) => WORDED.has(part)) && TRUSTED_LEAVES.has(leaf);
}
function isCondition({ path: path16 }) {
  return path16.at(-1) === "if";
}
function isScript({ path: path16 }) {
  const name = path16.at(-1);
  return name === "run" || name === "shell" || name === "script" || name === "working-directory";
}
function allReads({ values }) {
  return values.flatMap(
    (value) => findExpressions(value.text, isCondition(value)).flatMap(
      (source) => readsOf(source).map((read) => ({ ...read, value }))
    )
  );
}
function found(reads) {
  return reads.map(({ value, path: path16 }) => ({ place: placeOf3(value.path), found: path16 }));
}
function isInPlace({ value, path: path16 }, document) {
  const { path: at } = value;
  if (at[0] !== "jobs") return false;
  const job = document.jobs.find(({ id }) => id === at[1]);
  if (at[2] === "secrets" && at.length === 4) return path16.split(".").length === 2;
  const step = typeof at[3] === "number" ? job?.steps[at[3]] : void 0;
  if (step === void 0) return false;
  const [, name = ""] = path16.split(".");
  if (at[4] === "with" && at[5] === "private-key") return step.action === "actions/create-github-app-token";
  if (at[4] !== "env" || at.length !== 6) return false;
  const { mode } = step.inputs;
  return mode === "work" && name === "model-key" || mode === "verify" && name === "reviewer-key";
}
var VALUE_RULES = [
  {
    name: "scripts-are-fixed",
    wanted: "no expression in run:, shell:, script: or working-directory: text in a script is a program",
    find: ({ values }) => values.filter((value) => isScript(value) && findExpressions(value.text, false).length > 0).map((value) => ({ place: placeOf3(value.path), found: value.text.slice(0, 80) }))
  },
  {
    name: "no-text-of-strangers",
    wanted: "titles, bodies, names of branches and the like stand in no expression, but in a condition within contains, startsWith or endsWith",
    find: (document) => found(
      allReads(document).filter((read) => {
        if (isTrusted(read)) return false;
        const isAsked = isCondition(read.value) && read.within.some((name) => ASKING.has(name));
        const isQueue = read.path === "github.ref" && read.value.path.includes("concurrency");
        return !isAsked && !isQueue;
      })
    )
  },
  {
    name: "secrets-by-name",
    wanted: "secrets one by one: no 'secrets: inherit', no secrets as a whole",
    find: (document) => [
      ...document.jobs.filter(({ fields }) => fields["secrets"] === "inherit").map(({ place }) => ({ place: `${place}.secrets`, found: "inherit" })),
      ...found(allReads(document).filter(({ path: path16 }) => /^secrets(?:$|\.\[\]|\.\*)/.test(path16)))
    ]
  },
  {
    name: "secrets-in-their-place",
    wanted: "the agent's key in the step of the mode work alone, the reviewer's in that of verify, a private key where a token is made; handed on by name to a called workflow",
    find: (document) => found(allReads(document).filter((read) => read.path.startsWith("secrets.") && !isInPlace(read, document)))
  }
];

// src/core/setup/policy/find-workflow-flaws.ts
var WORKFLOW_RULES = [...JOB_RULES, ...STEP_RULES, ...VALUE_RULES];
function findWorkflowFlaws(text) {
  const document = readWorkflowDocument(text);
  if (!document.ok)
    return [{ rule: "readable", place: "", found: document.because, wanted: "a workflow that can be read" }];
  return WORKFLOW_RULES.flatMap(
    (rule) => rule.find(document.value).map(({ place, found: found2 }) => ({ rule: rule.name, place, found: found2, wanted: rule.wanted }))
  );
}

// src/core/setup/setup-stamp.ts
var LINE = /^# espalier (\d+\.\d+\.\d+\S{0,40}) wrote this \(digest ([0-9a-f]{16})\): espalier init (.{1,300}?)(?: on ([!-~]{1,255}))?$/;
function stampText(options, body) {
  const key = options.keyName === null ? "" : ` --agent-key ${options.keyName}`;
  const branch = /^[!-~]{1,255}$/.test(options.defaultBranch) ? ` on ${options.defaultBranch}` : "";
  const call = `--${options.variant} --agent ${options.agent}${key}${branch}`;
  return `# espalier ${options.version} wrote this (digest ${digestBody(body)}): espalier init ${call}
${body}`;
}
function readStamp(text) {
  const plain = text.replaceAll("\r\n", "\n");
  const end = plain.indexOf("\n");
  const [, version, digest, call = "", defaultBranch] = LINE.exec(end < 0 ? plain : plain.slice(0, end)) ?? [];
  if (version === void 0) return null;
  const words = call.split(" ");
  const after = (option) => words[words.indexOf(option) + 1];
  return {
    version,
    isUntouched: end >= 0 && digest === digestBody(plain.slice(end + 1)),
    variant: SETUP_VARIANTS.find((variant) => words.includes(`--${variant}`)) ?? null,
    agent: AGENT_NAMES.find((agent) => words.includes("--agent") && agent === after("--agent")) ?? null,
    keyName: words.includes("--agent-key") ? after("--agent-key") ?? null : null,
    defaultBranch: defaultBranch ?? null
  };
}
function digestBody(body) {
  return digestText(body).slice(0, 16);
}

// src/core/setup/compare-setup.ts
function compareSetup(files, present, version) {
  return files.flatMap((file) => {
    const text = present.get(file.path) ?? null;
    if (text === null)
      return file.kind === "dropped" ? [] : [{ path: file.path, state: "missing", difference: "", problems: [] }];
    const state = stateOf(file, text, version);
    const isDifferent = state !== "same" && state !== "yours" && state !== "left-over";
    return [
      {
        path: file.path,
        state,
        difference: isDifferent ? diffLines(text, file.text) : "",
        problems: findProblems(file, text)
      }
    ];
  });
}
function stateOf(file, text, version) {
  if (file.kind === "seed") return "yours";
  const stamp = readStamp(text);
  if (file.kind === "dropped") return stamp === null ? "foreign" : stamp.isUntouched ? "left-over" : "changed";
  if (text.replaceAll("\r\n", "\n") === file.text) return "same";
  if (stamp === null) return "foreign";
  if (!stamp.isUntouched) return "changed";
  return compareVersions(stamp.version, version) > 0 ? "newer" : "older";
}
function findProblems(file, text) {
  if (file.kind === "seed")
    return readConfig(text).problems.filter(({ severity }) => severity === "error").map(({ line: line2, message }) => line2 === null ? message : `line ${line2}: ${message}`);
  return file.path.startsWith(".github/workflows/") ? findWorkflowFlaws(text).map(describeFlaw) : [];
}
function describeFlaw({ rule, place, found: found2, wanted }) {
  return `${rule}${place === "" ? "" : ` at ${place}`}: found ${found2}; wanted: ${wanted}`;
}
function planDeeds(findings, files, isForced) {
  const dropped = new Set(files.filter(({ kind }) => kind === "dropped").map(({ path: path16 }) => path16));
  const planned = findings.map((finding) => {
    const deed = deedOf(finding.state, isForced);
    return { ...finding, deed: deed === "write" && dropped.has(finding.path) ? "remove" : deed };
  });
  if (planned.every(({ deed }) => deed !== "refuse")) return planned;
  return planned.map((each) => each.deed === "write" || each.deed === "remove" ? { ...each, deed: "wait" } : each);
}
function deedOf(state, isForced) {
  switch (state) {
    case "missing":
    case "older":
      return "write";
    case "left-over":
      return "remove";
    case "same":
    case "yours":
      return "keep";
    case "newer":
    case "changed":
    case "foreign":
      return isForced ? "write" : "refuse";
  }
}
function removalOf2(text) {
  if (text === null) return null;
  const stamp = readStamp(text);
  if (stamp === null) return { deed: "keep", because: "espalier init did not write it" };
  return stamp.isUntouched ? { deed: "remove", because: `as espalier ${stamp.version} wrote it` } : { deed: "keep", because: `it was changed since espalier ${stamp.version} wrote it` };
}
function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => (version.split("-")[0] ?? "").split(".").map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

// src/core/setup/render-attempt.ts
var RETENTION_DAYS = 14;
var STEM = `espalier-${expression("fromJSON(inputs.leg).task")}.${expression("fromJSON(inputs.leg).attempt")}`;
var GIVEN = `${expression("runner.temp")}/espalier-given`;
var LEG_INPUTS = {
  plan: expression("inputs.plan"),
  leg: expression("inputs.leg"),
  nonce: expression("inputs.nonce"),
  ledger: expression("inputs.ledger")
};
function renderAttempt(options) {
  return `# One leg of espalier-dispatch.yml. What one job hands to the next is believed by the digest that the job's own step
# gave for it (an output of the job), never by the name of an artifact.
name: espalier-attempt

on:
  workflow_call:
    inputs:
      plan:
        type: string
        required: true
      nonce:
        type: string
        required: true
      ledger:
        type: string
        required: true
      leg:
        description: the leg, JSON
        type: string
        required: true
      runs-on:
        description: labels of the runner, JSON
        type: string
        required: true
    secrets:
      model-key:
        description: the agent's key
        required: false
      reviewer-key:
        description: the reviewer's key
        required: false
      app-private-key:
        description: key of the repository's own App, if it has one
        required: false

permissions: {}

jobs:
${indent([renderWork(options), renderVerify(options), renderPublish(options)].join("\n"), 2)}`;
}
function renderWork(options) {
  const outputs = ["outcome", "pack-sha256", "work-sha256", "evidence-sha256"];
  return `# Agent, tests and review in sandboxes. Nothing here can write to the repository.
work:
  if: fromJSON(inputs.leg).mode == 'full'
  runs-on: ${expression("fromJSON(inputs.runs-on)")}
  timeout-minutes: 350
  permissions:
    contents: read # to fetch the base and the ledger
  outputs:
${outputs.map((name) => `    ${name}: ${expression(`steps.work.outputs.${name}`)}`).join("\n")}
  steps:
${indent(
    [
      renderOwnCheckout(options),
      renderInstall(options),
      renderActionStep(options, {
        id: "work",
        name: "Work",
        inputs: { mode: "work", ...LEG_INPUTS },
        ...keyEnv(options, "model-key")
      }),
      renderUpload({ name: "Leave the log", output: "steps.work.outputs.log", isAlways: true }),
      renderUpload({ name: "Leave the pack", output: "steps.work.outputs.pack" }),
      renderUpload({ name: "Leave the work record", output: "steps.work.outputs.work" }),
      renderUpload({ name: "Leave the evidence of a failure", output: "steps.work.outputs.evidence" })
    ].join(""),
    4
  )}`;
}
function renderVerify(options) {
  return `# A fresh machine: judges what came out of work, or a head that a person pushed. Its word is what counts.
verify:
  needs: work
  if: ${expression("!cancelled() && (fromJSON(inputs.leg).mode == 'verify' || needs.work.outputs.outcome == 'good')")}
  runs-on: ${expression("fromJSON(inputs.runs-on)")}
  timeout-minutes: 180
  permissions:
    contents: read # to fetch the base and the ledger
  outputs:
    outcome: ${expression("steps.verify.outputs.outcome")}
    evidence-sha256: ${expression("steps.verify.outputs.evidence-sha256")}
  steps:
${indent(
    [
      renderOwnCheckout(options),
      renderDownload({ name: "Take the pack", suffix: "pack", digest: "needs.work.outputs.pack-sha256" }),
      renderDownload({ name: "Take the work record", suffix: "work.json", digest: "needs.work.outputs.work-sha256" }),
      renderInstall(options),
      renderActionStep(options, {
        id: "verify",
        name: "Verify",
        inputs: { mode: "verify", ...LEG_INPUTS, ...givenInputs(["pack", "work"]) },
        ...keyEnv(options, "reviewer-key")
      }),
      renderUpload({ name: "Leave the log", output: "steps.verify.outputs.log", isAlways: true }),
      renderUpload({ name: "Leave the evidence", output: "steps.verify.outputs.evidence" })
    ].join(""),
    4
  )}`;
}
function renderPublish(options) {
  const isServerless = options.variant === "serverless";
  const evidence = "needs.verify.outputs.evidence-sha256 || needs.work.outputs.evidence-sha256";
  return `# The one job with a token that writes. It executes nothing of the change: it checks digests and pushes objects.
publish:
  needs: [work, verify]
  if: ${expression(
    "!cancelled() && (needs.work.outputs.evidence-sha256 != '' || needs.verify.outputs.evidence-sha256 != '')"
  )}
  runs-on: ubuntu-latest
  timeout-minutes: 15
  permissions:
    contents: write # to push the receipt with the verified objects${isServerless ? "\n    actions: write # to start the reconcile of the plan" : ""}
  steps:
${indent(
    [
      renderOwnCheckout(options),
      renderPublishToken(isServerless),
      renderDownload({ name: "Take the evidence", suffix: "evidence.json", digest: `(${evidence})` }),
      renderDownload({ name: "Take the pack", suffix: "pack", digest: "needs.work.outputs.pack-sha256" }),
      renderDownload({ name: "Take the work record", suffix: "work.json", digest: "needs.work.outputs.work-sha256" }),
      renderActionStep(options, {
        id: "publish",
        name: "Publish",
        inputs: {
          mode: "publish",
          token: expression("steps.app.outputs.token || github.token"),
          ...LEG_INPUTS,
          evidence: `${GIVEN}/${STEM}-evidence.json`,
          "evidence-sha256": expression(evidence),
          "evidence-from": expression("needs.verify.outputs.evidence-sha256 != '' && 'verify' || 'work'"),
          ...givenInputs(["pack", "work"]),
          ...isServerless ? { notify: WORKFLOW_FILES.reconcile } : {}
        }
      })
    ].join(""),
    4
  )}`;
}
function renderPublishToken(isServerless) {
  return `- name: Borrow the right to push workflow files
  id: app
  if: vars.${APP_CLIENT_ID} != '' && vars.${APP_WORKFLOWS} == 'write'
  uses: ${writeUses(PINNED_ACTIONS.createAppToken)}
  with:
    client-id: ${expression(`vars.${APP_CLIENT_ID}`)}
    private-key: ${expression("secrets.app-private-key")}
    permission-contents: write
    permission-workflows: write${isServerless ? "\n    permission-actions: write" : ""}
`;
}
function renderInstall({ agent }) {
  const { npmPackage } = AGENT_SETUPS[agent];
  if (npmPackage === null) return "";
  return `- name: Install the agent
  run: npm install --global --no-audit --no-fund ${npmPackage}
`;
}
function keyEnv(options, secret) {
  const key = keyNameOf(options);
  return key === null ? {} : { env: { [key]: expression(`secrets.${secret}`) } };
}
function givenInputs(names) {
  return Object.fromEntries(
    names.flatMap((name) => [
      [name, `${GIVEN}/${STEM}-${name === "work" ? "work.json" : "pack"}`],
      [`${name}-sha256`, expression(`needs.work.outputs.${name}-sha256`)]
    ])
  );
}
function renderUpload(upload) {
  const isThere = `${upload.output} != ''`;
  return `- name: ${upload.name}
  if: ${upload.isAlways ? expression(`always() && ${isThere}`) : isThere}
  uses: ${writeUses(PINNED_ACTIONS.uploadArtifact)}
  with:
    path: ${expression(upload.output)}
    archive: false
    if-no-files-found: error
    retention-days: ${RETENTION_DAYS}
`;
}
function renderDownload(download) {
  return `- name: ${download.name}
  if: ${download.digest} != ''
  uses: ${writeUses(PINNED_ACTIONS.downloadArtifact)}
  with:
    name: ${STEM}-${download.suffix}
    path: ${GIVEN}
    skip-decompress: true
    digest-mismatch: error
`;
}

// src/core/setup/render-config.ts
function renderConfig(options) {
  const { agent, commands } = options;
  const key = keyNameOf(options);
  return `# What Espalier does in this repository. A plan may say otherwise, task by task. This file is yours: edit it; init never
# writes over it. It is read from the base branch, so a change counts once it is merged there.
defaults:
${agent === "command" ? `  # Who edits, and who reviews: any program, without a shell. The prompt comes in on standard input.
  # agent: 'command: ./tools/agent --fast'
  # review: 'command: ./tools/reviewer'
` : `  agent: ${agent}
  review: ${agent}
`}  # strict: no network at all. development: the agent reaches its model.
  profile: ${agent === "command" ? "strict" : "development"}
${key === null ? "" : `  # The one secret that goes into the sandbox of agent and reviewer.
  env: [${key}]
`}${renderCommand2(
    "setup",
    commands.setup,
    "Commands before the agent and before the tests, with network to the package registries."
  )}${renderCommand2("test", commands.test, "Tests that must pass. They have no network.")}
# Labels of runners that plans may ask for with runs_on, beside the ones that GitHub hosts.
# github:
#   runners: [my-runner]

# An image for the sandboxes, where the runner's own programs are not enough. Pinned, so that nobody moves it.
# sandbox:
#   image: ghcr.io/OWNER/NAME@sha256:…
`;
}
function renderCommand2(key, guessed, meaning) {
  if (guessed !== null)
    return `  # ${meaning}
  ${key}: ${quoteYaml(guessed.command)} # read out of ${guessed.from}
`;
  if (key !== "test") return `  # ${meaning}
  # ${key}: …
`;
  return `  # ${meaning} Nothing here says how this repository is tested, and a
  # plan without tests is refused: write the command.
  # test: make test
`;
}

// src/core/setup/render-dispatch.ts
function renderDispatch(options) {
  const isServerless = options.variant === "serverless";
  return `# Started by Espalier, never by hand: it works only on what the plan's ledger has given out to this very run.
name: espalier-dispatch
# After a crash the run is found again by its name.
run-name: espalier ${expression("inputs.plan")} ${expression("inputs.nonce")}

on:
  workflow_dispatch:
    inputs:
      plan:
        description: id of the plan
        type: string
        required: true
      legs:
        description: JSON list of the legs, 85 at most
        type: string
        required: true
      nonce:
        description: name of this dispatch
        type: string
        required: true
      ledger:
        description: commit of the plan's ledger
        type: string
        required: true

permissions: {}

jobs:
  leg:
    name: ${expression("matrix.leg.task")}.${expression("matrix.leg.attempt")}
    # Three jobs for each leg: 85 legs stay within the 256 jobs that a run may have.
    if: inputs.legs != '[]'
    strategy:
      fail-fast: false
      matrix:
        leg: ${expression("fromJSON(inputs.legs)")}
    # What the jobs of the called workflow may have at most; each takes less.
    permissions:
      contents: write # publish pushes the verified objects${isServerless ? "\n      actions: write # publish says that it is time to look again" : ""}
    uses: ./.github/workflows/${WORKFLOW_FILES.attempt}
    with:
      plan: ${expression("inputs.plan")}
      nonce: ${expression("inputs.nonce")}
      ledger: ${expression("inputs.ledger")}
      leg: ${expression("toJSON(matrix.leg)")}
      runs-on: ${expression("toJSON(matrix.leg.runs_on)")}
    secrets:
${renderSecrets(options)}`;
}
function renderSecrets(options) {
  const key = keyNameOf(options);
  const model = key === null ? [] : [`      model-key: ${expression(`secrets.${key}`)}`];
  const reviewer = key === null ? [] : [`      reviewer-key: ${expression(`secrets.${REVIEWER_KEY} || secrets.${key}`)}`];
  return [...model, ...reviewer, `      app-private-key: ${expression(`secrets.${APP_PRIVATE_KEY}`)}`, ""].join("\n");
}

// src/core/setup/render-issue-form.ts
var EXAMPLE = `\`\`\`espalier
plan: price-alerts
tasks:
  store:
    title: Store price alerts
    spec: Add a table for alerts and a module that reads and writes it, with tests.
    owns: ['src/store/**']
  api:
    title: Serve price alerts
    spec: Add GET and POST /alerts on top of the store, with tests.
    needs: [store]
    owns: ['src/api/**']
\`\`\``;
function renderIssueForm() {
  return `name: Plan for Espalier
description: Tasks that coding agents work on, each in its own branch, landed in the order of their dependencies.
labels: [espalier]
body:
  - type: markdown
    attributes:
      value: |
        Nothing runs before somebody with write permission comments \`/espalier run\`. \`/espalier check\` says what was read.
  - type: textarea
    id: plan
    attributes:
      label: Plan
      description: Change the example. Paths under \`owns\` may be changed by that task alone; \`needs\` names tasks that land first.
      value: |
${EXAMPLE.replaceAll(/^(?=.)/gm, "        ")}
    validations:
      required: true
`;
}

// src/core/setup/render-reconcile.ts
var SWEEP_CRON = "7,37 * * * *";
var CLEANUP_CRON = "17 3 * * *";
var DISPATCH_NAME = "espalier-dispatch";
function renderReconcile(options) {
  return `# Espalier without a server. Every event only says "look again": the state is read anew from the repository, so events
# that are lost, doubled or late do no harm.
name: espalier
run-name: Espalier looks again (${expression("github.event_name")})

on:
${renderTriggers(options)}
permissions: {}

jobs:
${indent([renderRoute(options), renderReconcileJob(options), renderCleanup(options)].join("\n"), 2)}`;
}
function renderTriggers({ ciNames, defaultBranch }) {
  const workflows = [DISPATCH_NAME, ...ciNames.filter((name) => name !== DISPATCH_NAME)];
  return indent(
    `# A command, on a plan's issue or on a task's pull request.
issue_comment:
  types: [created]
# A plan is opened, edited, closed, or gets one of Espalier's labels.
issues:
  types: [opened, edited, labeled, unlabeled, closed, reopened]
# A person closes a task's pull request. Not its pushes: their end is told by the workflows below, and a run for each
# push of a job's token would wait for a click.
pull_request:
  types: [closed]
# An approval, or a change that is asked for.
pull_request_review:
  types: [submitted, edited, dismissed]
# An attempt has ended, or a workflow of this repository: the checks of workflows start nothing by themselves, so each
# one stands here by its name. After one was added or renamed: espalier init.
workflow_run:
  workflows:
${workflows.map((name) => `    - ${quoteYaml(name)}`).join("\n")}
  types: [completed]
# Checks and statuses of other apps.
check_suite:
  types: [completed]
status:
# The merge queue asks whether it may merge.
merge_group:
  types: [checks_requested]
# The base has moved.
push:
  branches:
    - ${quoteYaml(defaultBranch)}
schedule:
  # Whatever was missed, and what was waiting for its time.
  - cron: '${SWEEP_CRON}'
  # What is past its time: branches of tasks that have landed, archives, finished ledgers.
  - cron: '${CLEANUP_CRON}'
# "Look again", said by a job that has published, or by a person.
workflow_dispatch:
  inputs:
    plan:
      description: id of a plan, such as issue-7; empty for all
      type: string
      required: false
      default: ''
`,
    2
  );
}
var ROUTE_CONDITION = `(github.event_name != 'workflow_dispatch' || inputs.plan == '') &&
github.event.schedule != '${CLEANUP_CRON}' &&
(github.event_name != 'issue_comment' ||
  (!startsWith(github.event.comment.body, '<!-- espalier:') &&
    (contains(github.event.comment.body, '/espalier') ||
      contains(github.event.comment.body, '/parallel-execute') ||
      contains(github.event.comment.body, '/review')))) &&
(github.event_name != 'issues' ||
  (github.event.sender.type != 'Bot' &&
    (contains(join(github.event.issue.labels.*.name), 'espalier') ||
      startsWith(github.event.label.name, 'espalier') ||
      contains(github.event.issue.body, 'espalier')))) &&
(github.event_name != 'pull_request' || github.event.sender.type != 'Bot') &&
((github.event_name != 'pull_request' && github.event_name != 'pull_request_review') ||
  github.event.pull_request.head.repo.id == github.repository_id) &&
(github.event_name != 'workflow_run' ||
  github.event.workflow_run.event == 'workflow_dispatch' ||
  startsWith(github.event.workflow_run.head_branch, 'espalier/') ||
  startsWith(github.event.workflow_run.head_branch, 'espalier-staging/') ||
  startsWith(github.event.workflow_run.head_branch, 'gh-readonly-queue/')) &&
(github.event_name != 'check_suite' ||
  startsWith(github.event.check_suite.head_branch, 'espalier/') ||
  startsWith(github.event.check_suite.head_branch, 'espalier-staging/') ||
  startsWith(github.event.check_suite.head_branch, 'gh-readonly-queue/')) &&
(github.event_name != 'status' ||
  (github.event.state != 'pending' && contains(join(github.event.branches.*.name), 'espalier/')))
`;
function renderRoute(options) {
  return `# Which plans does the event concern? Reads, and decides nothing else.
route:
  if: >-
${indent(ROUTE_CONDITION, 4)}  runs-on: ubuntu-latest
  timeout-minutes: 10
  permissions:
    contents: read # to find the plans that have a ledger
    issues: read # to find the plans that have none yet
    pull-requests: read # to find the plan of a comment on a pull request
  outputs:
    plans: ${expression("steps.route.outputs.plans")}
    count: ${expression("steps.route.outputs.count")}
  steps:
${indent(
    [
      renderOwnCheckout(options),
      renderAppToken({ contents: "read", issues: "read", "pull-requests": "read" }),
      renderActionStep(options, {
        id: "route",
        name: "Find the plans",
        inputs: { mode: "route", token: expression("steps.app.outputs.token || github.token") }
      })
    ].join(""),
    4
  )}`;
}
function renderReconcileJob(options) {
  return `# One at a time for each plan, and none is dropped: a later one sees what an earlier one could not.
reconcile:
  needs: route
  if: >-
    !cancelled() &&
    (inputs.plan != '' || (needs.route.result == 'success' && needs.route.outputs.count != '0'))
  strategy:
    fail-fast: false
    max-parallel: 10
    matrix:
      plan: ${expression("fromJSON(needs.route.outputs.plans || format('[{0}]', toJSON(inputs.plan)))")}
  concurrency:
    group: espalier-${expression("matrix.plan")}
    cancel-in-progress: false
    queue: max
  runs-on: ubuntu-latest
  timeout-minutes: 20
  permissions:
    actions: write # to dispatch legs, read their artifacts, cancel them
    checks: write # to write the check espalier/gate, read those that a gate demands
    contents: write # to move the ledgers and the branches of tasks, and to land
    issues: write # to keep the status comment, answer commands, set labels
    pull-requests: write # to open and keep the tasks' pull requests
    statuses: read # to read the statuses that a gate demands
  steps:
${indent(
    [
      renderOwnCheckout(options),
      renderAppToken({
        actions: "write",
        checks: "write",
        contents: "write",
        issues: "write",
        "merge-queues": "write",
        "pull-requests": "write",
        statuses: "read",
        workflows: expression(`vars.${APP_WORKFLOWS} == 'write' && 'write' || ''`)
      }),
      renderActionStep(options, {
        id: "reconcile",
        name: "Reconcile",
        inputs: {
          mode: "reconcile",
          token: expression("steps.app.outputs.token || github.token"),
          plan: expression("matrix.plan")
        }
      })
    ].join(""),
    4
  )}`;
}
function renderCleanup(options) {
  return `# Lists what would go; removes it once the repository's variable ${CLEANUP_SWITCH} says "remove".
cleanup:
  if: github.event.schedule == '${CLEANUP_CRON}'
  concurrency:
    group: espalier-cleanup
    cancel-in-progress: false
  runs-on: ubuntu-latest
  timeout-minutes: 20
  permissions:
    contents: write # to remove branches that are past their time
    issues: read # to see which plans are over
  steps:
${indent(
    [
      renderOwnCheckout(options),
      renderAppToken({ contents: "write", issues: "read" }),
      renderActionStep(options, {
        id: "cleanup",
        name: "Clean up",
        inputs: {
          mode: "cleanup",
          token: expression("steps.app.outputs.token || github.token"),
          "dry-run": expression(`vars.${CLEANUP_SWITCH} != 'remove'`)
        }
      })
    ].join(""),
    4
  )}`;
}
function renderAppToken(permissions) {
  return `- name: Be the repository's own App, if it has one
  id: app
  if: vars.${APP_CLIENT_ID} != ''
  uses: ${writeUses(PINNED_ACTIONS.createAppToken)}
  with:
    client-id: ${expression(`vars.${APP_CLIENT_ID}`)}
    private-key: ${expression(`secrets.${APP_PRIVATE_KEY}`)}
${Object.entries(permissions).map(([name, level]) => `    permission-${name}: ${level}
`).join("")}`;
}

// src/core/setup/render-setup.ts
var ISSUE_FORM_PATH = ".github/ISSUE_TEMPLATE/espalier-plan.yml";
function workflowPath(which) {
  return `.github/workflows/${WORKFLOW_FILES[which]}`;
}
function renderSetup(options) {
  const kept = (path16, body) => ({ path: path16, kind: "kept", text: stampText(options, body) });
  const reconcile = workflowPath("reconcile");
  return [
    options.variant === "serverless" ? kept(reconcile, renderReconcile(options)) : { path: reconcile, kind: "dropped", text: "" },
    kept(workflowPath("dispatch"), renderDispatch(options)),
    kept(workflowPath("attempt"), renderAttempt(options)),
    kept(ISSUE_FORM_PATH, renderIssueForm()),
    { path: CONFIG_PATH, kind: "seed", text: stampText(options, renderConfig(options)) }
  ];
}

// src/core/setup/setup-needs.ts
var OWN_BRANCHES = ["espalier-ledger", "espalier-queue"];
var GUARDING_RULES = ["creation", "update", "deletion", "non_fast_forward"];
var SAMPLE_BRANCHES = { ledger: "espalier-ledger/issue-1", queue: "espalier-queue/main" };
function missingLabels({ labels }) {
  const there = new Set(labels.map((name) => name.toLowerCase()));
  return LABELS.filter(({ name }) => !there.has(name));
}
function writeLedgerRuleset(appId) {
  return {
    name: "espalier: only the App writes its ledgers",
    target: "branch",
    enforcement: "active",
    bypass_actors: [{ actor_id: appId, actor_type: "Integration", bypass_mode: "always" }],
    conditions: { ref_name: { include: OWN_BRANCHES.map((name) => `refs/heads/${name}/**`), exclude: [] } },
    rules: GUARDING_RULES.map((type) => ({ type }))
  };
}
function listNeeds(facts, options) {
  const needs = [needActions(facts), needWorkflows(facts, options), needLabels(facts), needKey(facts, options)];
  if (options.variant === "serverless") needs.push(needApp(facts), needPulls(facts));
  return [...needs, proposeReadOnly(facts), proposeRuleset(facts, options)];
}
function repositoryOf({ owner, name }) {
  return `${owner}/${name}`;
}
function needActions(facts) {
  const name = "Actions";
  if (facts.actions === null) return unknown(name, "whether workflows may run and which actions they may use");
  const steps = [
    ["gh", "api", "--method", "PUT", `repos/${repositoryOf(facts)}/actions/permissions`, "-F", "enabled=true"]
  ];
  if (!facts.actions.isEnabled) return { name, state: "missing", because: "workflows are switched off", steps };
  if (facts.actions.allowed === "all") return ok(name, "workflows run, with any action");
  return {
    name,
    state: facts.actions.allowed === "local_only" ? "missing" : "proposed",
    because: facts.actions.allowed === "local_only" ? "only actions of this owner are allowed; allow those that the workflows name" : "only chosen actions are allowed; see that those that the workflows name are among them",
    steps: []
  };
}
function needWorkflows(facts, { variant }) {
  const name = "workflows on the default branch";
  if (facts.workflows === null) return unknown(name, "which workflows there are");
  const wanted = [WORKFLOW_FILES.dispatch, ...variant === "serverless" ? [WORKFLOW_FILES.reconcile] : []];
  const known = new Map(facts.workflows.map(({ path: path16, isActive }) => [path16, isActive]));
  const absent = wanted.filter((file) => !known.has(`.github/workflows/${file}`));
  if (absent.length > 0)
    return {
      name,
      state: "missing",
      because: `${absent.join(", ")}: not on '${facts.defaultBranch}' yet. Commit the files and bring them there`,
      steps: []
    };
  const inactive = wanted.filter((file) => known.get(`.github/workflows/${file}`) === false);
  if (inactive.length === 0) return ok(name, "there, and switched on");
  return {
    name,
    state: "missing",
    because: `switched off: ${inactive.join(", ")}`,
    steps: inactive.map((file) => ["gh", "workflow", "enable", file, "--repo", repositoryOf(facts)])
  };
}
function needLabels(facts) {
  const missing = missingLabels(facts);
  if (missing.length === 0) return ok("labels", "all there");
  return {
    name: "labels",
    state: "missing",
    because: `missing: ${missing.map(({ name }) => name).join(", ")}`,
    steps: missing.map(({ name, color, description }) => [
      ...["gh", "label", "create", name, "--color", color, "--description", description],
      ...["--repo", repositoryOf(facts)]
    ])
  };
}
function needKey(facts, options) {
  const key = keyNameOf(options);
  if (key === null) return ok("secret of the agent", "the agent needs none");
  return needSecret(facts, key, "the agent calls its model with it");
}
function needSecret(facts, key, because) {
  const name = `secret ${key}`;
  if (facts.secretNames === null) return unknown(name, "whether it is set");
  if (facts.secretNames.includes(key)) return ok(name, "set");
  return { name, state: "missing", because, steps: [["gh", "secret", "set", key, "--repo", repositoryOf(facts)]] };
}
function hasApp({ variableNames }) {
  return variableNames === null ? null : variableNames.includes(APP_CLIENT_ID);
}
function needApp(facts) {
  if (hasApp(facts) === true)
    return needSecret(facts, APP_PRIVATE_KEY, `the variable ${APP_CLIENT_ID} names an App, whose key is missing`);
  if (hasApp(facts) === null) return unknown(`variable ${APP_CLIENT_ID}`, "whether there is an App of your own");
  return {
    name: "App of your own",
    state: "proposed",
    because: "without one the token of the job is used: CI of its pull requests waits for a click, and workflow files cannot be changed",
    steps: [
      ["gh", "variable", "set", APP_CLIENT_ID, "--repo", repositoryOf(facts)],
      ["gh", "secret", "set", APP_PRIVATE_KEY, "--repo", repositoryOf(facts)]
    ]
  };
}
function needPulls(facts) {
  const name = "pull requests of workflows";
  const { workflowPermissions: found2 } = facts;
  if (hasApp(facts) === true) return ok(name, "the App opens them");
  if (found2 === null) return unknown(name, 'whether "Allow GitHub Actions to create and approve pull requests" is on');
  if (found2.mayOpenPulls) return ok(name, "allowed");
  return {
    name,
    state: "missing",
    because: '"Allow GitHub Actions to create and approve pull requests" is off (Settings, Actions, General)',
    steps: [setWorkflowPermissions(facts, found2.standard)]
  };
}
function setWorkflowPermissions(facts, standard, mayOpenPulls = true) {
  return [
    ...["gh", "api", "--method", "PUT", `repos/${repositoryOf(facts)}/actions/permissions/workflow`],
    ...["-f", `default_workflow_permissions=${standard}`, "-F", `can_approve_pull_request_reviews=${mayOpenPulls}`]
  ];
}
function proposeReadOnly(facts) {
  const name = "tokens of workflows";
  const { workflowPermissions: found2 } = facts;
  if (found2 === null) return unknown(name, "what a workflow may do that says nothing");
  if (found2.standard === "read") return ok(name, "read-only, where a workflow says nothing");
  return {
    name,
    state: "proposed",
    because: "a workflow that says nothing may write. Espalier's say what they need; let others do so too",
    steps: [setWorkflowPermissions(facts, "read", found2.mayOpenPulls)]
  };
}
function proposeRuleset(facts, { variant }) {
  const name = "rule for the ledgers";
  const isGuarded = [facts.ledgerRules, facts.queueRules].every((types) => types.includes("update"));
  if (isGuarded) return ok(name, "their branches are guarded");
  const branches = OWN_BRANCHES.map((branch) => `${branch}/**`).join(" and ");
  const isByApp = variant === "app" || hasApp(facts) === true;
  const because = `everybody with write permission can rewrite ${branches}. Let only the App write them`;
  if (isByApp)
    return { name, state: "proposed", because, steps: [["espalier", "init", "--apply-settings", "--app-id", "ID"]] };
  return {
    name,
    state: "proposed",
    because: facts.isOrganization ? `${because}: with an App of your own, or by a ruleset of the organization that lets GitHub Actions (id 15368) pass` : `${because}: that takes an App of your own, since GitHub lets its Actions pass no rule of a single repository`,
    steps: []
  };
}
function ok(name, because) {
  return { name, state: "ok", because, steps: [] };
}
function unknown(name, what) {
  return { name, state: "unknown", because: `the token may not read ${what}`, steps: [] };
}

// src/core/report/setup-report.ts
var MAX_DIFFERENCE_LINES = 400;
var STATE_WORDS = {
  missing: ["missing", "bad"],
  same: ["ok", "good"],
  older: ["older", "warn"],
  newer: ["newer", "warn"],
  changed: ["changed", "bad"],
  foreign: ["foreign", "bad"],
  yours: ["yours", "good"],
  "left-over": ["left over", "warn"]
};
var STATE_REASONS = {
  missing: "it is not there",
  same: "as this version writes it",
  older: "an earlier version, or other options, wrote it; nobody changed it since",
  newer: "a later version of Espalier wrote it",
  changed: "it was changed by hand since it was written",
  foreign: "espalier init did not write it",
  yours: "written once; what stands in it is yours",
  "left-over": "not part of this variant"
};
function renderFiles(outcomes, options) {
  const would = options.isDryRun ? "would " : "";
  return outcomes.flatMap((outcome) => {
    const [word2, style] = {
      write: [`${would}write`, "good"],
      remove: [`${would}remove`, "good"],
      keep: ["keep", "dim"],
      refuse: ["NOT written", "bad"],
      wait: ["not yet", "warn"]
    }[outcome.deed];
    return [
      [span(word2.padEnd(13), style), span(outcome.path, "strong"), span(`: ${STATE_REASONS[outcome.state]}`)],
      ...renderProblems2(outcome),
      ...outcome.state === "older" ? [] : renderDifference(outcome)
    ];
  });
}
function renderFileStates(findings) {
  return findings.flatMap((finding) => {
    const [word2, style] = STATE_WORDS[finding.state];
    return [
      [span(word2.padEnd(10), style), span(finding.path, "strong"), span(`: ${STATE_REASONS[finding.state]}`)],
      ...renderProblems2(finding),
      ...renderDifference(finding)
    ];
  });
}
function renderNeeds(needs) {
  const styles2 = { ok: "good", missing: "bad", proposed: "warn", unknown: "dim" };
  return needs.flatMap(({ name, state, because, steps }) => [
    [span(state.padEnd(10), styles2[state]), span(name, "strong"), span(`: ${because}`)],
    ...steps.map((words) => [span(" ".repeat(10)), span(showCommand(words), "dim")])
  ]);
}
function renderRemovals(outcomes, options) {
  if (outcomes.length === 0) return [line("There is nothing here that espalier init wrote.")];
  const verb = options.isDryRun ? "would remove" : "removed";
  return outcomes.map(({ path: path16, deed, because }) => [
    span((deed === "remove" ? verb : "keeps").padEnd(13), deed === "remove" ? "good" : "warn"),
    span(path16, "strong"),
    span(`: ${because}`)
  ]);
}
function renderLeftovers(repository) {
  const name = repository ?? "OWNER/NAME";
  const leftovers = [
    ["branches of plans that are over", ["git", "push", "origin", "--delete", "espalier-ledger/issue-1"]],
    ["labels", ["gh", "label", "delete", "espalier", "--repo", name]],
    ["the ruleset for the ledgers", ["gh", "ruleset", "list", "--repo", name]],
    ["secrets", ["gh", "secret", "list", "--repo", name]],
    ["variables", ["gh", "variable", "list", "--repo", name]]
  ];
  return [
    line("On GitHub there may be left, each with a command to begin with:"),
    ...leftovers.map(([what, words]) => [span(`  ${what}: `), span(showCommand(words), "dim")])
  ];
}
function renderProblems2({ problems }) {
  return problems.map((problem) => [span("    "), span(problem, "bad")]);
}
function renderDifference({ path: path16, difference }) {
  if (difference === "") return [];
  const head = [`--- ${path16}`, `+++ ${path16} (as this version writes it)`];
  const rows = paragraph([...head, difference].join("\n"), {
    indent: "    ",
    style: "plain",
    maxLines: MAX_DIFFERENCE_LINES
  });
  return rows.map((row) => row.map((each, at) => at === 0 ? each : { ...each, style: styleOf4(each.text) }));
}
function styleOf4(text) {
  if (text.startsWith("-")) return "bad";
  return text.startsWith("+") ? "good" : "dim";
}

// src/adapters/git/setup-repository.ts
async function readCheckout(dir, env) {
  const ask = async (...args) => {
    const exit = await runGit({
      args,
      cwd: dir,
      env: composeGitEnv({ caller: env, scope: "user", trustsOwner: false }),
      maxBytes: 64 * 1024,
      timeoutMs: 1e4
    });
    const said = exit.stdout.toString("utf8").replace(/\n$/, "");
    return exit.exitCode === 0 && said !== "" ? said : null;
  };
  const topLevel = await ask("rev-parse", "--show-toplevel");
  if (topLevel === null) return null;
  const originHead = await ask("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD");
  const head = await ask("symbolic-ref", "--quiet", "HEAD");
  return {
    topLevel,
    originUrl: await ask("config", "--get", "remote.origin.url"),
    mainBranch: originHead?.replace(/^refs\/remotes\/origin\//, "") ?? head?.replace(/^refs\/heads\//, "") ?? null
  };
}
async function readRemoteTag(url, tag, options) {
  const ref = `refs/tags/${tag}`;
  const settings = [
    [`protocol.${options.isLocal === true ? "file" : "https"}.allow`, "always"],
    ["credential.helper", ""]
  ];
  const exit = await runGit({
    args: ["ls-remote", "--tags", "--", url, ref, `${ref}^{}`],
    cwd: "/",
    env: composeGitEnv({ caller: options.env, scope: "none", settings }),
    maxBytes: 64 * 1024,
    timeoutMs: 3e4
  });
  if (exit.exitCode !== 0) {
    const because = exit.cutOff === "time" ? "no answer within 30 s" : exit.stderr.trim().split("\n").at(-1) ?? "";
    return { kind: "failed", because };
  }
  const found2 = new Map(
    exit.stdout.toString("utf8").split("\n").map((line2) => line2.split("	")).flatMap(([sha2, name]) => sha2 !== void 0 && name !== void 0 ? [[name, sha2]] : [])
  );
  const sha = found2.get(`${ref}^{}`) ?? found2.get(ref);
  return sha === void 0 ? { kind: "absent" } : { kind: "commit", sha };
}

// src/core/setup/guess-commands.ts
var TELLING_FILES = [
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "Makefile",
  "Cargo.toml",
  "go.mod",
  "pyproject.toml",
  "requirements.txt",
  "uv.lock",
  "Gemfile",
  "pom.xml",
  "gradlew"
];
var NODE_LOCKS = [
  ["pnpm-lock.yaml", "pnpm install --frozen-lockfile", "pnpm test"],
  ["yarn.lock", "yarn install --immutable", "yarn test"],
  ["bun.lock", "bun install --frozen-lockfile", "bun run test"],
  ["package-lock.json", "npm ci", "npm test"],
  ["npm-shrinkwrap.json", "npm ci", "npm test"]
];
var NO_TESTS = /no test specified/;
function guessCommands(texts) {
  return { setup: guessSetup(texts), test: guessTest(texts) };
}
function guessSetup(texts) {
  if (texts["package.json"] !== void 0) {
    const lock = NODE_LOCKS.find(([file]) => texts[file] !== void 0);
    return lock === void 0 ? { command: "npm install", from: "package.json" } : { command: lock[1], from: lock[0] };
  }
  if (texts["uv.lock"] !== void 0) return { command: "uv sync --locked", from: "uv.lock" };
  if (texts["requirements.txt"] !== void 0)
    return { command: "pip install -r requirements.txt", from: "requirements.txt" };
  if (texts["Cargo.toml"] !== void 0) return { command: "cargo fetch", from: "Cargo.toml" };
  if (texts["go.mod"] !== void 0) return { command: "go mod download", from: "go.mod" };
  if (texts["Gemfile"] !== void 0) return { command: "bundle install", from: "Gemfile" };
  return null;
}
function guessTest(texts) {
  if (hasTestScript(texts["package.json"] ?? "")) {
    const lock = NODE_LOCKS.find(([file]) => texts[file] !== void 0);
    return { command: lock?.[2] ?? "npm test", from: "package.json" };
  }
  const target = /^(test|check)[ \t]*:(?!=)/m.exec(texts["Makefile"] ?? "")?.[1];
  if (target !== void 0) return { command: `make ${target}`, from: "Makefile" };
  if (texts["Cargo.toml"] !== void 0) return { command: "cargo test", from: "Cargo.toml" };
  if (texts["go.mod"] !== void 0) return { command: "go test ./...", from: "go.mod" };
  if (/\bpytest\b/.test(texts["pyproject.toml"] ?? "")) {
    const run2 = texts["uv.lock"] === void 0 ? "python -m pytest" : "uv run pytest";
    return { command: run2, from: "pyproject.toml" };
  }
  if (texts["pom.xml"] !== void 0) return { command: "mvn --batch-mode test", from: "pom.xml" };
  if (texts["gradlew"] !== void 0) return { command: "./gradlew test", from: "gradlew" };
  return null;
}
function hasTestScript(manifest) {
  try {
    const test = JSON.parse(manifest)?.scripts?.test;
    return typeof test === "string" && test !== "" && !NO_TESTS.test(test);
  } catch {
    return false;
  }
}

// src/core/setup/workflow-names.ts
var import_yaml2 = __toESM(require_dist(), 1);
var MAX_NAME_LENGTH = 200;
var OWN_FILES = Object.values(WORKFLOW_FILES);
function listCiNames(files) {
  const names = files.flatMap(({ file, text }) => {
    if (OWN_FILES.includes(file) || !/\.ya?ml$/.test(file)) return [];
    const document = (0, import_yaml2.parseDocument)(text, { logLevel: "silent" });
    if (document.errors.length > 0) return [];
    const root = document.toJS({ maxAliasCount: 100 });
    if (root === null || typeof root !== "object" || !("on" in root) || !startsForChanges(root.on)) return [];
    const name = "name" in root && typeof root.name === "string" ? root.name : `.github/workflows/${file}`;
    return name.trim() === "" || name.length > MAX_NAME_LENGTH ? [] : [name];
  });
  return [...new Set(names)].toSorted((a, b) => a < b ? -1 : 1);
}
var CHANGE_EVENTS = ["push", "pull_request", "pull_request_target", "merge_group"];
function startsForChanges(on) {
  if (typeof on === "string") return CHANGE_EVENTS.includes(on);
  if (Array.isArray(on)) return on.some((event) => typeof event === "string" && CHANGE_EVENTS.includes(event));
  return on !== null && typeof on === "object" && Object.keys(on).some((event) => CHANGE_EVENTS.includes(event));
}

// src/entrypoints/cli/own-manifest.ts
import { readFile as readFile5 } from "node:fs/promises";
import path12 from "node:path";
var MAX_STEPS = 4;
async function readActionRepository(from = import.meta.dirname) {
  let folder = from;
  for (let step = 0; step <= MAX_STEPS; step += 1) {
    const manifest = await readManifest(path12.join(folder, "package.json"));
    if (manifest?.name === "espalier") {
      const coordinates = readCoordinates(manifest);
      if (coordinates !== null) return coordinates;
      throw new CliError(
        "unfit",
        `The 'repository' in '${path12.join(folder, "package.json")}' names none on github.com.`,
        {
          next: "name the repository that publishes the Action there"
        }
      );
    }
    folder = path12.dirname(folder);
  }
  throw new CliError("unfit", "The package.json of Espalier is not where its program is.", {
    next: "install Espalier anew, whole"
  });
}
async function readManifest(file) {
  try {
    return JSON.parse(await readFile5(file, "utf8"));
  } catch {
    return null;
  }
}

// src/entrypoints/cli/setup-files.ts
import { lstat, mkdir as mkdir5, readdir as readdir4, readFile as readFile6, rename, rm as rm5, rmdir, writeFile as writeFile3 } from "node:fs/promises";
import path13 from "node:path";
var MAX_BYTES2 = 256 * 1024;
var MAX_WORKFLOWS = 200;
async function readSetupFile(top, file) {
  const kind = await kindOf(top, file);
  if (kind === null) return null;
  if (kind.size > MAX_BYTES2)
    throw new CliError("unfit", `'${file}' has ${kind.size} bytes: that is none of Espalier's.`);
  return readFile6(path13.join(top, file), "utf8");
}
async function readSetupFiles(top, files) {
  const texts = /* @__PURE__ */ new Map();
  for (const file of files) texts.set(file, await readSetupFile(top, file));
  return texts;
}
async function writeSetupFile(top, file, text) {
  await kindOf(top, file);
  const target = path13.join(top, file);
  const temporary = `${target}.espalier-tmp`;
  try {
    await mkdir5(path13.dirname(target), { recursive: true });
    await writeFile3(temporary, text, { flag: "wx" });
    await rename(temporary, target);
  } catch (error2) {
    await rm5(temporary, { force: true }).catch(() => void 0);
    const { code } = error2;
    throw new CliError("unfit", `'${file}' cannot be written (${code ?? "unknown error"}).`, {
      next: "make it writable, or make room on the disk, then give the same command again",
      cause: error2
    });
  }
}
async function removeSetupFile(top, file) {
  await kindOf(top, file);
  await rm5(path13.join(top, file), { force: true });
  await rmdir(path13.dirname(path13.join(top, file))).catch(() => void 0);
}
async function readTellingTexts(top) {
  const texts = {};
  for (const file of TELLING_FILES) {
    const stats = await lstat(path13.join(top, file)).catch(() => null);
    if (stats?.isFile() !== true) continue;
    texts[file] = stats.size > MAX_BYTES2 ? "" : await readFile6(path13.join(top, file), "utf8");
  }
  return texts;
}
async function readWorkflows(top) {
  const folder = ".github/workflows";
  if (await kindOf(top, `${folder}/any.yml`, true) === "elsewhere") return [];
  const names = await readdir4(path13.join(top, folder)).catch(() => []);
  const workflows = [];
  for (const file of names.toSorted().slice(0, MAX_WORKFLOWS)) {
    const stats = await lstat(path13.join(top, folder, file)).catch(() => null);
    if (stats?.isFile() === true && stats.size <= MAX_BYTES2)
      workflows.push({ file, text: await readFile6(path13.join(top, folder, file), "utf8") });
  }
  return workflows;
}
async function kindOf(top, file, isAsked = false) {
  const parts = file.split("/");
  for (let length = 1; length <= parts.length; length += 1) {
    const part = parts.slice(0, length).join("/");
    const stats = await lstat(path13.join(top, part)).catch((error2) => {
      if (error2.code === "ENOENT") return null;
      throw new CliError("unfit", `'${part}' cannot be read.`, { cause: error2 });
    });
    if (stats === null) return null;
    const isFit = length === parts.length ? stats.isFile() : stats.isDirectory();
    if (isFit && length === parts.length) return { size: stats.size };
    if (isFit) continue;
    if (isAsked) return "elsewhere";
    throw new CliError(
      "unfit",
      `'${part}' is ${stats.isSymbolicLink() ? "a symbolic link" : "not what it should be"}.`,
      {
        next: `put a plain ${length === parts.length ? "file" : "folder"} in its place, then give the same command again`
      }
    );
  }
  return null;
}

// src/entrypoints/cli/version.ts
var ESPALIER_VERSION = "0.1.0";

// src/entrypoints/cli/find-setup.ts
async function findPlace(session2) {
  const { env } = session2.input;
  const checkout = await readCheckout(session2.repositoryDir, env);
  if (checkout === null)
    throw new CliError("unfit", `'${session2.repositoryDir}' is in no checkout of a git repository.`, {
      next: "go there, or name it with --repo DIR"
    });
  return { ...checkout, names: readNames(env["GITHUB_REPOSITORY"] ?? "") ?? readOrigin(checkout.originUrl ?? "") };
}
async function findSetup(session2, place, asked, { present, defaultBranch }) {
  if (asked.app === true && asked.serverless === true)
    throw new CliError("usage", "Either --app or --serverless: a plan is kept by one of the two.");
  const stamp = findStamp(present);
  const agent = asked.agent ?? stamp?.agent ?? "claude";
  const keyName = asked.agentKey ?? (agent === stamp?.agent ? stamp.keyName : null);
  return {
    version: ESPALIER_VERSION,
    variant: chooseVariant(asked, stamp),
    action: await findAction(session2, place, asked, present),
    agent,
    keyName: keyName === null ? null : checked(readKeyName(keyName)),
    ciNames: listCiNames(await readWorkflows(place.topLevel)),
    // A checkout of a build may know no other branch than its own: what was known once goes before that.
    defaultBranch: defaultBranch ?? stamp?.defaultBranch ?? place.mainBranch ?? "main",
    commands: guessCommands(await readTellingTexts(place.topLevel))
  };
}
function chooseVariant({ app, serverless }, stamp) {
  if (app === true) return "app";
  return serverless === true ? "serverless" : stamp?.variant ?? "serverless";
}
function findStamp(present) {
  for (const which of ["attempt", "dispatch", "reconcile"]) {
    const text = present.get(workflowPath(which)) ?? null;
    const stamp = text === null ? null : readStamp(text);
    if (stamp !== null) return stamp;
  }
  return null;
}
async function findAction(session2, place, asked, present) {
  const repository = await readActionRepository();
  if (place.names !== null && isSameRepository(place.names, repository) && asked.actionSha === void 0)
    return { kind: "own" };
  const version = `v${ESPALIER_VERSION}`;
  const from = (sha) => ({ kind: "published", repository, sha, version });
  if (asked.actionSha !== void 0) return from(checked(readActionSha(asked.actionSha)));
  const standing = findStandingSha(present, repository, version);
  if (standing !== null) return from(standing);
  return from(await askForSha(session2, repository, version));
}
function findStandingSha(present, repository, version) {
  const text = present.get(workflowPath("attempt")) ?? "";
  for (const [, name, sha = "", comment2] of text.matchAll(/uses: ([\w./-]+)@([0-9a-f]{40}) # (\S+)/g))
    if (name === repository && comment2 === version) return sha;
  return null;
}
async function askForSha(session2, repository, version) {
  const url = `https://github.com/${repository}`;
  const read = await readRemoteTag(url, version, { env: session2.input.env });
  if (read.kind === "commit") return checked(readActionSha(read.sha));
  const because = read.kind === "absent" ? "there is no such tag" : read.because;
  throw new CliError("unfit", `The commit of ${version} of the Action in ${url} cannot be found: ${because}.`, {
    next: `name the commit that you trust: espalier init --action-sha SHA (git ls-remote ${url} lists them)`
  });
}
function isSameRepository({ owner, name }, other) {
  return `${owner}/${name}`.toLowerCase() === other.toLowerCase();
}
function readNames(text) {
  const [, owner, name] = /^([A-Za-z0-9_-]{1,100})\/([A-Za-z0-9._-]{1,100})$/.exec(text) ?? [];
  return owner === void 0 || name === void 0 || name === "." || name === ".." ? null : { owner, name };
}
function readOrigin(url) {
  const [, path16 = ""] = /^(?:(?:https?|ssh):\/\/[^/]+\/|[\w.-]+@[\w.-]+:)(.+?)(?:\.git)?\/?$/.exec(url) ?? [];
  return readNames(path16);
}
function checked(reading) {
  if (reading.ok) return reading.value;
  throw new CliError("usage", `${reading.because}.`);
}

// src/adapters/github/setup-repository.ts
var Repository2 = external_exports.object({
  name: external_exports.string(),
  owner: external_exports.object({ login: external_exports.string(), type: external_exports.string() }),
  default_branch: external_exports.string()
});
var Labels = external_exports.array(external_exports.object({ name: external_exports.string() }));
var Rules = external_exports.array(external_exports.object({ type: external_exports.string() }));
var Actions = external_exports.object({
  enabled: external_exports.boolean(),
  allowed_actions: external_exports.enum(["all", "local_only", "selected"]).optional()
});
var WorkflowPermissions = external_exports.object({
  default_workflow_permissions: external_exports.enum(["read", "write"]),
  can_approve_pull_request_reviews: external_exports.boolean()
});
var Workflows = external_exports.object({ workflows: external_exports.array(external_exports.object({ path: external_exports.string(), state: external_exports.string() })) });
var Named = external_exports.array(external_exports.object({ name: external_exports.string() }));
var Secrets = external_exports.object({ secrets: Named });
var Variables = external_exports.object({ variables: Named });
async function readSetupFacts(client, names) {
  const ask = (path16, what, answer) => client.rest({ route: `GET /repos/{owner}/{repo}${path16}`, parameters: addressOf(names), what, answer });
  const repository = await ask("", `Reading the repository ${names.owner}/${names.name}`, Repository2);
  const actions = await unlessForbidden(ask("/actions/permissions", "Reading whether Actions may run", Actions));
  const permissions = await unlessForbidden(
    ask("/actions/permissions/workflow", "Reading what workflows may do", WorkflowPermissions)
  );
  return {
    owner: repository.owner.login,
    name: repository.name,
    defaultBranch: repository.default_branch,
    isOrganization: repository.owner.type === "Organization",
    labels: await readNames2(client, names, {
      path: "/labels",
      what: "Listing the labels",
      answer: Labels,
      take: (body) => body
    }),
    actions: actions === null ? null : { isEnabled: actions.enabled, allowed: actions.allowed_actions ?? "all" },
    workflowPermissions: permissions === null ? null : {
      standard: permissions.default_workflow_permissions,
      mayOpenPulls: permissions.can_approve_pull_request_reviews
    },
    workflows: await unlessForbidden(listWorkflows(client, names)),
    ledgerRules: await readRules(client, names, SAMPLE_BRANCHES.ledger),
    queueRules: await readRules(client, names, SAMPLE_BRANCHES.queue),
    secretNames: await unlessForbidden(listSecretNames(client, names)),
    variableNames: await unlessForbidden(listVariableNames(client, names))
  };
}
async function addLabel(client, names, label) {
  try {
    await client.rest({
      route: "POST /repos/{owner}/{repo}/labels",
      parameters: { ...addressOf(names), name: label.name, color: label.color, description: label.description },
      what: `Adding the label '${label.name}'`,
      answer: external_exports.unknown(),
      maxRepeats: 2
    });
  } catch (error2) {
    if (!(error2 instanceof GitHubError) || error2.status !== 422) throw error2;
  }
}
async function allowPullsOfWorkflows(client, names, standard) {
  await client.rest({
    route: "PUT /repos/{owner}/{repo}/actions/permissions/workflow",
    parameters: {
      ...addressOf(names),
      default_workflow_permissions: standard,
      can_approve_pull_request_reviews: true
    },
    what: "Letting workflows open pull requests",
    answer: external_exports.unknown(),
    maxRepeats: 2
  });
}
async function addRuleset(client, names, ruleset) {
  await client.rest({
    route: "POST /repos/{owner}/{repo}/rulesets",
    parameters: { ...addressOf(names), ...ruleset, ...{ owner: names.owner, repo: names.name } },
    what: "Adding the ruleset for the ledgers",
    answer: external_exports.unknown()
  });
}
function addressOf({ owner, name }) {
  return { owner, repo: name };
}
async function unlessForbidden(answer) {
  try {
    return await answer;
  } catch (error2) {
    const isRefused = error2 instanceof GitHubError && (error2.forbidden !== null || error2.ending.kind === "gone");
    if (isRefused) return null;
    throw error2;
  }
}
function readRules(client, names, branch) {
  return readPages(
    (next) => client.restPage({
      route: "GET /repos/{owner}/{repo}/rules/branches/{branch}",
      parameters: { ...addressOf(names), branch, per_page: PAGE_SIZE, ...next },
      what: `Reading the rules of ${branch}`,
      answer: Rules
    }),
    (page) => page.map(({ type }) => type)
  );
}
function listWorkflows(client, names) {
  return readPages(
    (next) => client.restPage({
      route: "GET /repos/{owner}/{repo}/actions/workflows",
      parameters: { ...addressOf(names), per_page: PAGE_SIZE, ...next },
      what: "Listing the workflows",
      answer: Workflows
    }),
    ({ workflows }) => workflows.map(({ path: path16, state }) => ({ path: path16, isActive: state === "active" }))
  );
}
async function listSecretNames(client, names) {
  const list = {
    what: "Listing the names of secrets",
    answer: Secrets,
    take: (body) => body.secrets
  };
  const own = await readNames2(client, names, { ...list, path: "/actions/secrets" });
  const lent = await unlessForbidden(readNames2(client, names, { ...list, path: "/actions/organization-secrets" }));
  return [...own, ...lent ?? []];
}
async function listVariableNames(client, names) {
  const take = ({ variables }) => variables;
  const list = { what: "Listing the names of variables", answer: Variables, take };
  const own = await readNames2(client, names, { ...list, path: "/actions/variables" });
  const lent = await unlessForbidden(readNames2(client, names, { ...list, path: "/actions/organization-variables" }));
  return [...own, ...lent ?? []];
}
function readNames2(client, names, list) {
  return readPages(
    (next) => client.restPage({
      route: `GET /repos/{owner}/{repo}${list.path}`,
      // The lists of variables give no more than 30.
      parameters: { ...addressOf(names), per_page: 30, ...next },
      what: list.what,
      answer: list.answer
    }),
    (body) => list.take(body).map(({ name }) => name)
  );
}

// src/entrypoints/cli/setup-github.ts
function openSetupGitHub(session2, names, settings = {}) {
  const { env } = session2.input;
  const token = [env["GITHUB_TOKEN"], env["GH_TOKEN"]].find((value) => value !== void 0 && value !== "");
  if (token === void 0 || names === null) return null;
  const baseUrl = readBaseUrl(env["GITHUB_API_URL"] ?? "");
  const { client } = openGitHubByToken({ clock: SYSTEM_CLOCK, ...settings, token, log: quietLog(session2), baseUrl });
  return {
    readFacts: () => tell2(() => readSetupFacts(client, names)),
    addLabels: (facts) => tell2(async () => {
      const missing = missingLabels(facts);
      for (const label of missing) await addLabel(client, names, label);
      return missing.map(({ name }) => name);
    }),
    applySettings: (facts, needs, appId) => tell2(async () => {
      const done = [];
      const isOpen = (name) => needs.some((need) => need.name === name && (need.state === "missing" || need.state === "proposed"));
      if (isOpen("pull requests of workflows") && facts.workflowPermissions !== null) {
        await allowPullsOfWorkflows(client, names, facts.workflowPermissions.standard);
        done.push("workflows may open pull requests");
      }
      if (isOpen("rule for the ledgers") && appId !== null) {
        await addRuleset(client, names, writeLedgerRuleset(appId));
        done.push(`only the app ${appId} may write the ledgers' branches`);
      }
      return done;
    })
  };
}
async function tell2(ask) {
  try {
    return await ask();
  } catch (error2) {
    if (!(error2 instanceof GitHubError)) throw error2;
    throw new CliError("unfit", error2.message, {
      next: "give a token that may do it in GITHUB_TOKEN, or none: then only files are looked at",
      cause: error2
    });
  }
}

// src/entrypoints/cli/setup-paths.ts
var SETUP_PATHS = [
  workflowPath("reconcile"),
  workflowPath("dispatch"),
  workflowPath("attempt"),
  ISSUE_FORM_PATH,
  CONFIG_PATH
];

// src/entrypoints/cli/set-up.ts
async function setUp(session2, asked, settings = {}) {
  refuseNonsense(asked);
  const looked = await look(session2, asked, settings);
  if (asked.check === true) check(session2, looked, asked);
  else await initialize(session2, looked, asked);
}
function refuseNonsense({ check: isCheck, dryRun, force, applySettings, appId, json }) {
  if (isCheck === true && (dryRun === true || force === true || applySettings === true))
    throw new CliError("usage", "--check changes nothing: leave --dry-run, --force and --apply-settings out.");
  const isShown = dryRun === true && json === true;
  if (appId !== void 0 && applySettings !== true && !isShown)
    throw new CliError("usage", "--app-id says whom the ruleset lets write: it goes with --apply-settings.", {
      next: "to see the ruleset alone: espalier init --dry-run --json --app-id ID"
    });
}
async function look(session2, asked, settings) {
  const place = await findPlace(session2);
  const present = await readSetupFiles(place.topLevel, SETUP_PATHS);
  const github = openSetupGitHub(session2, place.names, settings);
  const facts = github === null ? null : await github.readFacts();
  const options = await findSetup(session2, place, asked, { present, defaultBranch: facts?.defaultBranch ?? null });
  const files = renderSetup(options);
  return { place, options, files, findings: compareSetup(files, present, options.version), github, facts };
}
function check(session2, { findings, facts, options }, asked) {
  const needs = facts === null ? [] : listNeeds(facts, options);
  const isGood = findings.every(({ state, problems }) => (state === "same" || state === "yours") && problems.length === 0) && needs.every(({ state }) => state !== "missing");
  if (asked.json === true) session2.printJson({ version: 1, isGood, files: findings, github: facts && needs });
  else {
    session2.out.print([...renderFileStates(findings), ...renderNeeds(needs)]);
    session2.out.print([
      [],
      line(
        isGood ? facts === null ? "All is well in this checkout; GitHub was not asked." : "All is well." : "Something is missing or differs; espalier init mends the files.",
        isGood ? "good" : "warn"
      )
    ]);
  }
  if (options.action.kind === "published") session2.note(`the workflows run ${writeUses(options.action)}`);
  if (facts === null) session2.note(NOT_ASKED);
  session2.end(isGood ? "ok" : "findings");
}
var NOT_ASKED = "GitHub was not asked: set GITHUB_TOKEN, in a checkout whose origin is there, to look at labels, settings, secrets and rules";
async function initialize(session2, looked, asked) {
  const { place, files, findings, github, options } = looked;
  const isDryRun = asked.dryRun === true;
  const texts = new Map(files.map(({ path: path16, text }) => [path16, text]));
  const outcomes = planDeeds(findings, files, asked.force === true);
  if (asked.json !== true) session2.out.print(renderFiles(outcomes, { isDryRun }));
  for (const { path: path16, deed } of isDryRun ? [] : outcomes) {
    if (deed === "write") await writeSetupFile(place.topLevel, path16, texts.get(path16) ?? "");
    else if (deed === "remove") await removeSetupFile(place.topLevel, path16);
  }
  const isHeld = isDryRun || outcomes.some(({ deed }) => deed === "refuse");
  const done = isHeld || github === null ? [] : await changeGitHub(looked, asked);
  const facts = github === null || done.length === 0 ? looked.facts : await github.readFacts();
  const needs = facts === null ? [] : listNeeds(facts, options);
  if (asked.json === true) {
    const ruleset = asked.appId === void 0 ? null : writeLedgerRuleset(asked.appId);
    session2.printJson({ version: 1, isDryRun, files: outcomes, done, github: facts && needs, ruleset });
  } else {
    session2.out.print(done.map((text) => line(`on GitHub: ${text}`, "good")));
    session2.out.print(renderNeeds(needs.filter(({ state }) => state !== "ok")));
  }
  sayWhatFollows2(session2, looked, outcomes);
}
async function changeGitHub({ github, facts, options }, asked) {
  if (github === null || facts === null) return [];
  const added = await github.addLabels(facts);
  const done = added.length === 0 ? [] : [`added the labels ${added.join(", ")}`];
  if (asked.applySettings !== true) return done;
  return [...done, ...await github.applySettings(facts, listNeeds(facts, options), asked.appId ?? null)];
}
function sayWhatFollows2(session2, { facts, options }, outcomes) {
  const refused = outcomes.filter(({ deed }) => deed === "refuse");
  if (refused.length > 0) {
    session2.warn(
      `${refused.map(({ path: path16 }) => `'${path16}'`).join(", ")}: left alone, since another hand is in it, and so no file was written. Take over what the difference shows, or write over it with espalier init --force`
    );
    session2.end("findings");
  }
  if (options.commands.test === null && outcomes.some(({ state }) => state === "missing"))
    session2.warn("no tests were found: write the command into .github/espalier.yml, or no plan can run");
  const key = keyNameOf(options);
  if (facts === null) session2.note(NOT_ASKED);
  if (facts === null && key !== null) session2.note(`the workflows want the secret ${key}: gh secret set ${key}`);
  if (outcomes.some(({ deed }) => deed === "write" || deed === "remove"))
    session2.note("commit the files and bring them to the default branch; then espalier init --check");
}

// src/entrypoints/cli/init-command.ts
function addInitCommand(program2, session2) {
  const command = program2.command("init").summary("set a repository up for GitHub, or check how it is set up").description(
    "Writes the workflows, the configuration and the form for plan issues into the checkout, and adds the labels on GitHub if GITHUB_TOKEN (or GH_TOKEN) is set. Settings of the repository are only proposed, with exact commands. A file that somebody changed is never written over: its difference is shown, and the exit code is 1.\n\nWith --check nothing is changed: it says what differs from what this version would write, and what is missing on GitHub. The exit code is 0 when all is well, 1 when something differs or is missing, 3 when it cannot be known."
  ).option("--serverless", "workflows do it all; no server (default, unless it was set up with --app)").option("--app", "the GitHub App reconciles on a server; workflows only run agents").option("--agent <name>", "agent whose program and key the workflows bring (default: claude)", oneOf(AGENT_NAMES)).option("--agent-key <name>", "secret and variable with the agent's key, where it is not the usual one").option("--action-sha <sha>", "commit of the Action (default: that of the tag of this version)").option("--check", "change nothing; say what differs or is missing").option("--dry-run", "print what would be written, and write nothing").option("--force", "write over files that somebody changed, after showing the difference").option("--apply-settings", "also change the settings on GitHub that are needed; wants a token of an administrator").option("--app-id <id>", "with --apply-settings: let only this App write the ledgers", wholeNumber(1)).option("--json", "print it as one JSON document").action(async (options) => setUp(session2, options));
  addExamples(command, [
    ["espalier init", "set up without a server, for Claude Code"],
    ["espalier init --app --agent codex", "with the GitHub App, for Codex"],
    ["espalier init --dry-run", "what would be written?"],
    ["GITHUB_TOKEN=$(gh auth token) espalier init --check", "is all as it should be, on GitHub too?"]
  ]);
}

// src/entrypoints/cli/show-logs.ts
import { open as open2 } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
var POLL_MS3 = 250;
var CHUNK_BYTES = 64 * 1024;
async function showLogs(session2, text, options) {
  var _stack = [];
  try {
    const id = readTaskArgument(text);
    const repository = __using(_stack, await openRepository(session2), true);
    const plan = await selectPlan(session2, repository, options.plan ?? null, id);
    requireTask(plan, id);
    const planId = plan.ledger.plan.id;
    const printer = openLogPrinter(session2, repository);
    for (; ; ) {
      const isOver = options.follow !== true || !await isUnderWay(repository, planId, id);
      const keys = (await repository.evidence.listAttempts(planId)).filter((key) => key.task === id);
      await printer.printNew(chooseKeys(keys, options.attempt));
      if (isOver) break;
      await pause(POLL_MS3);
    }
    printer.finish();
    if (!printer.hasPrinted())
      throw new CliError("findings", explainMissing(id, options.attempt), {
        next: `espalier why ${id} --plan ${planId}`
      });
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function chooseKeys(keys, attempt) {
  const wanted = attempt ?? Math.max(0, ...keys.map((key) => key.attempt));
  return keys.filter((key) => key.attempt === wanted).sort((a, b) => a.generation - b.generation);
}
async function isUnderWay(repository, plan, task) {
  const known = await readKnownPlan(repository, plan);
  const state = known?.view.tasks.find((each) => each.id === task)?.state;
  return (known?.holders.length ?? 0) > 0 && (state === "running" || state === "trying" || state === "landing");
}
function openLogPrinter(session2, repository) {
  const files = /* @__PURE__ */ new Map();
  async function printFile(file, key) {
    const handle = await open2(file).catch(() => null);
    if (handle === null) return;
    try {
      let state = files.get(file);
      if (state === void 0) {
        session2.out.print([line(`== attempt ${key.attempt}, dispatch ${key.generation}`, "dim")]);
        state = { offset: 0, decoder: new TextDecoder(), rest: "" };
        files.set(file, state);
      }
      const { size } = await handle.stat();
      if (size < state.offset) {
        session2.out.print([line("== the log was shortened in its middle; from its beginning:", "dim")]);
        state.offset = 0;
      }
      const buffer = new Uint8Array(CHUNK_BYTES);
      for (; ; ) {
        const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, state.offset);
        if (bytesRead === 0) break;
        state.offset += bytesRead;
        printText(session2, state, state.decoder.decode(buffer.subarray(0, bytesRead), { stream: true }));
      }
    } finally {
      await handle.close();
    }
  }
  return {
    printNew: async (keys) => {
      for (const key of keys) await printFile(repository.evidence.logPath(key), key);
    },
    finish: () => {
      for (const state of files.values()) flushRest(session2, state);
    },
    hasPrinted: () => files.size > 0
  };
}
function printText(session2, state, text) {
  const whole = state.rest + text;
  const end = whole.lastIndexOf("\n") + 1;
  if (end > 0) session2.input.stdout.write(cleanBlock(whole.slice(0, end)));
  state.rest = whole.slice(end);
}
function flushRest(session2, state) {
  if (state.rest === "") return;
  session2.input.stdout.write(`${cleanBlock(state.rest)}
`);
  state.rest = "";
}
function explainMissing(task, attempt) {
  return attempt === void 0 ? `Task '${task}' has no log: it was not attempted yet, or its logs were cleaned up.` : `Attempt ${attempt} at task '${task}' has no log.`;
}

// src/entrypoints/cli/logs-command.ts
function addLogsCommand(program2, session2) {
  const command = program2.command("logs").summary("print the log of an attempt").description("Prints the log of the last attempt at a task: setup, agent, tests and reviews, cleaned of secrets.").argument("<task>", "id of the task").option("-f, --follow", "print what is added until the attempt ends").option("--attempt <number>", "an earlier attempt", wholeNumber(1)).option("--plan <plan>", "id or file of the plan, where several have such a task").action(async (task, options) => showLogs(session2, task, options));
  addExamples(command, [
    ["espalier logs backend", "the last attempt at backend"],
    ["espalier logs backend -f", "watch it"],
    ["espalier logs backend --attempt 1", "the first attempt"]
  ]);
}

// src/entrypoints/cli/pause-command.ts
function addPauseCommand(program2, session2) {
  const command = program2.command("pause").summary("start nothing more of a plan").description("Holds a plan: attempts that run go on to their end, but nothing is started and nothing lands.").argument("[plan]", "id or file of the plan; may be left out where there is only one").action(async (plan) => pauseOrResume(session2, "pause", plan ?? null));
  addExamples(command, [["espalier pause my-plan", "hold my-plan until espalier resume my-plan"]]);
}
function addResumeCommand(program2, session2) {
  const command = program2.command("resume").summary("let a paused plan go on").description(
    "Takes back a pause. Where the landing branch is frozen because what landed is not what was tested, it shows why and lets landings go on. A run that is at work goes on at once; otherwise the next espalier run does."
  ).argument("[plan]", "id or file of the plan; may be left out where there is only one").action(async (plan) => pauseOrResume(session2, "resume", plan ?? null));
  addExamples(command, [["espalier resume my-plan", "let my-plan go on"]]);
}

// src/entrypoints/cli/report-failure.ts
function reportFailure(session2, error2, isDebug) {
  const { err } = session2;
  if (error2 instanceof CliError) {
    err.print([
      ...errorRows(error2.message),
      ...error2.next === null ? [] : [[span("next: ", "dim"), span(error2.next)]]
    ]);
    session2.end(error2.exit);
  } else if (isDiskFull(error2)) {
    err.print(errorRows(`The disk is full: ${messageOf(error2)}`));
    err.print([[span("next: ", "dim"), span("make room; the same command then goes on from where it stopped")]]);
    session2.end("unfit");
  } else {
    err.print(errorRows(messageOf(error2)));
    err.print([line("This was not expected. The same command goes on from where it stopped.", "dim")]);
    session2.end("internal");
  }
  if (isDebug) err.print(traceRows(error2));
  else if (session2.exitCode === exitCodeOf("internal"))
    err.print([line("Give --debug before the command for the stack trace.", "dim")]);
}
function errorRows(message) {
  const [first, ...rest2] = paragraph(message, { indent: "", style: "plain", maxLines: 60 });
  return [[span("error: ", "bad"), ...first ?? []], ...rest2];
}
function traceRows(error2) {
  const rows = [];
  for (let each = error2, depth = 0; each !== void 0 && depth < 5; depth += 1) {
    const text = each instanceof Error ? each.stack ?? each.message : messageOf(each);
    rows.push(...paragraph(depth === 0 ? text : `caused by ${text}`, { indent: "", style: "dim", maxLines: 60 }));
    each = each instanceof Error ? each.cause : void 0;
  }
  return rows;
}
function messageOf(error2) {
  return error2 instanceof Error ? error2.message : String(error2);
}

// src/entrypoints/cli/retry-command.ts
function addRetryCommand(program2, session2) {
  const command = program2.command("retry").summary("give a task that has stopped a fresh start").description(
    "Lets a task that failed or was cancelled be attempted again, with its full number of attempts. A run that is at work picks it up; otherwise the next espalier run does."
  ).argument("<task...>", "ids of the tasks").option("--plan <plan>", "id or file of the plan, where several have such a task").action(async (tasks, options) => changeTasks(session2, "retry", tasks, options));
  addExamples(command, [["espalier retry backend", "attempt backend again"]]);
}

// src/entrypoints/cli/run-command.ts
var REFUSALS = `What is missing is refused before anything starts, never guessed:
  no tests                     say 'test' in the plan, or --test; there is no way around it
  no reviewer                  say 'review' in the plan, --reviewer, or --no-review
  no agent                     say 'agent' in the plan, or --agent
  no engine that is strong     see espalier doctor, or say --waive with the names of what may
  enough for the profile       be missing, or --sandbox none (isolates nothing)
  a plan that was changed      say --revise
A result that is missing, skipped, timed out or unknown is not a pass.`;
function addRunCommand(program2, session2) {
  const command = program2.command("run").summary("work on a plan until it has landed").description(
    "Works on a plan: every task gets an agent in a sandboxed worktree; what comes back is tested and reviewed, and lands on espalier/<plan>/landed in the order of the dependencies. Stop it at any moment: the same command goes on from there."
  ).argument("<plan>", "file with the plan (Markdown or YAML), or '-' for standard input").action(async (plan, options) => {
    await executeRun(session2, plan, options);
  });
  addRunOptions(command);
  command.addHelpText("after", `
${REFUSALS}`);
  addExamples(command, [
    ["espalier run PLAN.md --agent claude --test 'npm test'", "work on a plan with Claude Code"],
    ["espalier run PLAN.md --agent 'command: ./agent --fast'", "any program that edits files can be the agent"],
    ["espalier run PLAN.md --dry-run", "what would be started, in which sandbox?"],
    ["espalier run PLAN.md --only backend,docs", "these tasks only"],
    ["espalier run PLAN.md --json > events.jsonl", "events and report for a script"]
  ]);
}

// src/core/report/status-report.ts
var PLAN_STYLES = {
  working: "busy",
  paused: "warn",
  stuck: "bad",
  landed: "good",
  "final-failed": "bad"
};
function renderStatus(status, options) {
  const { view } = status;
  const glyphs = glyphsFor(options.isUtf8);
  return [
    [
      span(view.plan, "strong"),
      span(view.title === "" || view.title === view.plan ? "" : `  ${glyphs.dash} ${view.title}`)
    ],
    [
      span(planWord(status), PLAN_STYLES[view.status]),
      span(`  base ${view.baseBranch}, lands on ${view.target}, revision ${shortSha(view.revision)}`, "dim")
    ],
    ...status.holders.length > 0 ? [line(`a run works on it: ${status.holders.join("; ")}`, "busy")] : view.status === "working" ? [line("no run works on it: the same espalier run command goes on with it", "warn")] : [],
    [],
    ...renderRows(view, status.progress, { ...options, height: Number.MAX_SAFE_INTEGER, startedAt: null, hint: null }),
    ...view.final.status === "none" ? [] : [line(finalWord(view), view.final.status === "failed" ? "bad" : "plain")],
    ...renderNext(view)
  ];
}
function renderNext(view) {
  const stopped = view.tasks.find((task) => task.state === "failed") ?? null;
  if (stopped === null) return [];
  return [[span("next: ", "dim"), span(showCommand(["espalier", "why", stopped.id, "--plan", view.plan]))]];
}
function renderPlanList(plans) {
  if (plans.length === 0) return [line("No plan has been run in this repository. Start one: espalier run PLAN.md")];
  const cells = Math.max(4, ...plans.map((each) => each.view.plan.length));
  return [
    line(`${fitText("PLAN", cells, "")}  ${fitText("STATUS", 14, "")} ${fitText("TASKS", 34, "")} LANDS ON`, "dim"),
    ...plans.map((each) => [
      span(`${fitText(each.view.plan, cells, "")}  `, "strong"),
      span(`${fitText(planWord(each), 14, "")} `, PLAN_STYLES[each.view.status]),
      span(`${fitText(countWords(each.view), 34, "")} `),
      span(each.view.target, "dim")
    ])
  ];
}
function planWord(status) {
  return status.view.status === "working" && status.holders.length === 0 ? "unattended" : status.view.status;
}
function countWords(view) {
  const order = ["landed", "running", "trying", "landing", "queued", "failed", "held", "cancelled"];
  const parts = order.map((state) => ({ state, count: view.tasks.filter((task) => task.state === state).length })).filter((each) => each.count > 0).map((each) => `${each.count} ${each.state}`);
  return parts.length === 0 ? countOf(view.tasks.length, "task") : `${parts.join(", ")} of ${view.tasks.length}`;
}
function finalWord(view) {
  const detail = view.final.detail === "" ? "" : `: ${view.final.detail}`;
  return `final tests ${view.final.status}${detail}`;
}
function statusJson(status) {
  return {
    ...status.view,
    holders: status.holders,
    progress: Object.fromEntries(status.progress)
  };
}

// src/entrypoints/cli/show-status.ts
async function showStatus(session2, said, options) {
  var _stack = [];
  try {
    const repository = __using(_stack, await openRepository(session2), true);
    const plans = said === null ? await readAllPlans(session2, repository) : [await selectPlan(session2, repository, said)];
    const statuses = await Promise.all(plans.map((plan) => observeStatus(repository, plan)));
    const [only] = statuses;
    if (options.json === true) {
      session2.printJson(said === null ? statuses.map(statusJson) : only && statusJson(only));
      return;
    }
    const look2 = { width: session2.out.width(), isUtf8: session2.out.isUtf8, now: Date.now() };
    session2.out.print(only !== void 0 && statuses.length === 1 ? renderStatus(only, look2) : renderPlanList(statuses));
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function observeStatus(repository, plan) {
  const progress = /* @__PURE__ */ new Map();
  for (const task of plan.view.tasks) {
    if (task.state !== "running") continue;
    const { id, attempt, generation } = task;
    const found2 = await repository.evidence.readProgress({ plan: plan.view.plan, task: id, attempt, generation });
    if (found2 !== null) progress.set(workKey(id, attempt, generation), found2);
  }
  return { view: plan.view, progress, holders: plan.holders };
}

// src/entrypoints/cli/status-command.ts
function addStatusCommand(program2, session2) {
  const command = program2.command("status").summary("show where plans stand").description("Shows all plans of this repository, or one of them task by task. Reads only.").argument("[plan]", "id of the plan, or the file that it was read from").option("--json", "print it as one JSON document").action(async (plan, options) => showStatus(session2, plan ?? null, options));
  addExamples(command, [
    ["espalier status", "all plans, one line each; the tasks too if there is only one"],
    ["espalier status my-plan", "one plan with its tasks"],
    ["espalier status PLAN.md --json", "for a script"]
  ]);
}

// src/entrypoints/cli/uninstall-command.ts
function addUninstallCommand(program2, session2) {
  const command = program2.command("uninstall").summary("take away what espalier init wrote").description(
    "Removes the files of espalier init that nobody has changed since, and shows what it keeps and why. It changes nothing on GitHub, and says what may be left there. The exit code is 1 when a file was kept."
  ).option("--dry-run", "print what would be removed, and remove nothing").option("--json", "print it as one JSON document").action(async (options) => takeAway(session2, options));
  addExamples(command, [
    ["espalier uninstall --dry-run", "what would go?"],
    ["espalier uninstall", "remove it"]
  ]);
}
async function takeAway(session2, options) {
  const place = await findPlace(session2);
  const present = await readSetupFiles(place.topLevel, SETUP_PATHS);
  const outcomes = [...present].flatMap(([path16, text]) => {
    const removal = removalOf2(text);
    return removal === null ? [] : [{ path: path16, ...removal }];
  });
  const isDryRun = options.dryRun === true;
  for (const { path: path16, deed } of outcomes)
    if (deed === "remove" && !isDryRun) await removeSetupFile(place.topLevel, path16);
  if (options.json === true) session2.printJson({ version: 1, isDryRun, files: outcomes });
  else {
    const repository = place.names === null ? null : `${place.names.owner}/${place.names.name}`;
    session2.out.print([...renderRemovals(outcomes, { isDryRun }), [], ...renderLeftovers(repository)]);
  }
  if (outcomes.some(({ deed }) => deed === "keep")) session2.end("findings");
}

// src/core/report/why-report.ts
var STATE_PHRASES = {
  waiting: "is waiting",
  running: "is running",
  queued: "is queued to land",
  trying: "is being tested on the tip",
  landing: "is landing",
  landed: "has landed",
  held: "is held",
  failed: "has failed",
  cancelled: "was cancelled"
};
function renderWhy(view, task, options) {
  const glyphs = glyphsFor(options.isUtf8);
  const wrap = (text, cells) => wrapText(span(text).text, Math.max(30, options.width - cells), null);
  const rows = [
    [
      span(`${glyphs.states[task.state]} `, STATE_STYLES[task.state]),
      span(task.id, "strong"),
      span(` ${STATE_PHRASES[task.state]}`, STATE_STYLES[task.state]),
      span(task.title === "" || task.title === task.id ? "" : `  ${glyphs.dash} ${task.title}`, "dim")
    ],
    ...renderFacts(view, task),
    ...renderWaiting(view, task, wrap)
  ];
  if (task.lastFailure !== null) {
    rows.push([], line("Last failure", "strong"));
    const text = task.lastFailure.split(/\r?\n/).flatMap((each) => wrap(each, 2)).join("\n");
    rows.push(...paragraph(text, { indent: "  ", style: "plain", maxLines: 30 }));
  }
  rows.push([], ...renderGate2(task.gate, task.attempt, { glyphs, wrap }));
  return rows;
}
function renderGate2(gate, attempt, { glyphs, wrap }) {
  if (gate === null) {
    return [
      [
        span("Gate", "strong"),
        span(attempt === 0 ? ": no attempt yet" : `: attempt ${attempt} has no evidence yet`, "dim")
      ]
    ];
  }
  const nameCells = Math.max(...gate.rules.map((rule) => rule.rule.length));
  return [
    [span("Gate", "strong"), span(` of attempt ${attempt}: `), span(gate.status, GATE_STYLES[gate.status])],
    ...gate.rules.flatMap((rule) => {
      const style = RULE_STYLES[rule.status];
      const indent2 = " ".repeat(nameCells + 16);
      const [first = "", ...more] = wrap(rule.because, indent2.length);
      const head = [
        span(`  ${glyphs.rules[rule.status]} `, style),
        span(`${fitText(rule.rule, nameCells, glyphs.cut)}  `, "strong"),
        span(fitText(rule.status, 9, glyphs.cut), style),
        span(` ${first}`)
      ];
      const rest2 = more.map((text) => line(`${indent2}${text}`));
      if (rule.status !== "failed" && rule.status !== "pending") return [head, ...rest2];
      const detail = wrap(`found ${rule.found}; wanted ${rule.wanted}`, indent2.length);
      return [head, ...rest2, ...detail.map((text) => line(`${indent2}${text}`, "dim"))];
    })
  ];
}
function renderFacts(view, task) {
  const facts = [["plan", view.plan]];
  const branch = branchOf(view, task);
  if (branch !== null) facts.push(["branch", branch]);
  if (task.attempt > 0) facts.push(["attempt", `${task.attempt} of at most ${task.attemptsAllowed}`]);
  if (task.headSha !== null) facts.push(["head", shortSha(task.headSha)]);
  if (task.landedSha !== null) facts.push(["landed as", `${shortSha(task.landedSha)} on ${view.target}`]);
  if (task.score !== null) facts.push(["review", formatScore(task.score)]);
  if (task.attempt > 0) facts.push(["spent", formatUsd(task.spentUsd)]);
  if (task.endedAt !== null) facts.push(["ended", formatTimestamp(task.endedAt)]);
  return facts.map(([name, value]) => [span(`  ${fitText(name, 10, "")}`, "dim"), span(value)]);
}
function branchOf({ plan }, { id, attempt, branch, headSha, state }) {
  if (headSha === null) return null;
  const isVerified = state !== "failed" && state !== "cancelled" && state !== "running";
  return isVerified ? branch : branchFor({ kind: "attempt", plan, task: id, attempt });
}
function renderWaiting(view, task, wrap) {
  const waiting = task.waiting;
  if (waiting === null) return [];
  const rows = [[]];
  if (waiting.because !== task.lastFailure) {
    const [first = "", ...more] = wrap(waiting.because, 9);
    rows.push([span("Because", "strong"), span(`: ${first}`)], ...more.map((text) => line(`         ${text}`)));
  }
  if (waiting.on.length > 0) {
    const states = waiting.on.map((id) => `${id} (${view.tasks.find((each) => each.id === id)?.state ?? "unknown"})`);
    rows.push([span("  waits on  ", "dim"), span(states.join(", "))]);
  }
  if (waiting.untilMs !== null) rows.push([span("  until     ", "dim"), span(formatTimestamp(waiting.untilMs))]);
  rows.push([span("  who acts  ", "dim"), span(whoActs(view, task))]);
  if (waiting.next !== null) rows.push([span("  next      ", "dim"), span(waiting.next, "strong")]);
  return rows;
}
function whoActs(view, task) {
  const waiting = task.waiting;
  if (waiting === null) return "nobody: it is done";
  if (waiting.kind === "person" || waiting.next !== null) return "you";
  if (waiting.kind === "pause" || waiting.kind === "freeze" || view.paused !== null) return "you";
  return `Espalier, while a run works on ${view.plan}`;
}

// src/entrypoints/cli/explain-task.ts
async function explainTask(session2, text, options) {
  var _stack = [];
  try {
    const id = readTaskArgument(text);
    const repository = __using(_stack, await openRepository(session2), true);
    const plan = await selectPlan(session2, repository, options.plan ?? null, id);
    requireTask(plan, id);
    const task = plan.view.tasks.find((each) => each.id === id);
    if (task === void 0) return;
    if (options.json === true) session2.printJson({ plan: plan.view.plan, task, actor: whoActs(plan.view, task) });
    else session2.out.print(renderWhy(plan.view, task, { isUtf8: session2.out.isUtf8, width: session2.out.width() }));
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}

// src/entrypoints/cli/why-command.ts
function addWhyCommand(program2, session2) {
  const command = program2.command("why").summary("explain why a task is where it is").description(
    "Explains one task: what it waits for and on whom, every rule of its gate with what was found and wanted, the last failure, who must act, and the next command. Reads only."
  ).argument("<task>", "id of the task").option("--plan <plan>", "id or file of the plan, where several have such a task").option("--json", "print it as one JSON document").action(async (task, options) => explainTask(session2, task, options));
  addExamples(command, [
    ["espalier why backend", "why has backend not landed?"],
    ["espalier why backend --plan my-plan --json", "for a script"]
  ]);
}

// src/entrypoints/cli/program.ts
var ADD_COMMANDS = [
  addCheckCommand,
  addRunCommand,
  addStatusCommand,
  addWhyCommand,
  addRetryCommand,
  addCancelCommand,
  addPauseCommand,
  addResumeCommand,
  addCertificateCommand,
  addLogsCommand,
  addDoctorCommand,
  addCleanCommand,
  addInitCommand,
  addUninstallCommand,
  addDemoCommand
];
function buildProgram(session2) {
  const program2 = new Command("espalier").description(
    "Turns a plan into merged code: every task to a coding agent in a sandboxed git worktree of its own, tested, reviewed, and landed in dependency order when every gate is open."
  ).usage("[options] COMMAND").version(ESPALIER_VERSION, "-V, --version", "print the version").option("-C, --repo <dir>", "work on the repository at <dir> instead of the one here").option("--state-dir <dir>", "keep worktrees, logs and evidence there (default: $XDG_STATE_HOME/espalier/…)").option("--debug", "print stack traces and a structured log on standard error").helpOption("-h, --help", "print this help").helpCommand("help [command]", "print the help of a command").addHelpText("after", `
${exitCodeHelp()}`).hook("preAction", () => {
    const { repo, stateDir, debug } = program2.opts();
    if (stateDir !== void 0) session2.stateDir = path14.resolve(session2.input.cwd, stateDir);
    if (repo !== void 0) session2.repositoryDir = path14.resolve(session2.input.cwd, repo);
    session2.isDebug = debug === true;
  }).configureHelp({ showGlobalOptions: true });
  for (const addCommand of ADD_COMMANDS) addCommand(program2, session2);
  for (const command of [program2, ...program2.commands]) confine(command, session2);
  return program2;
}
async function runProgram(session2) {
  const program2 = buildProgram(session2);
  try {
    if (session2.input.argv.length === 0) {
      program2.outputHelp({ error: true });
      session2.end("usage");
    } else {
      await program2.parseAsync([...session2.input.argv], { from: "user" });
    }
  } catch (error2) {
    if (error2 instanceof CommanderError) session2.end(error2.exitCode === 0 ? "ok" : "usage");
    else reportFailure(session2, error2, session2.isDebug);
  }
  return session2.exitCode;
}
function confine(command, session2) {
  command.exitOverride().showSuggestionAfterError(true).showHelpAfterError(`Help: espalier ${command.parent === null ? "" : `${command.name()} `}--help`).configureOutput({
    writeOut: (text) => session2.input.stdout.write(text),
    writeErr: (text) => session2.input.stderr.write(text),
    getOutHelpWidth: () => Math.min(100, session2.out.width()),
    getErrHelpWidth: () => Math.min(100, session2.err.width()),
    getOutHasColors: () => session2.out.hasColour,
    getErrHasColors: () => session2.err.hasColour
  });
}
function exitCodeHelp() {
  const lines2 = EXIT_CODE_TABLE.map((entry) => `  ${String(entry.code).padEnd(4)} ${entry.meaning}`);
  return ["Exit codes:", ...lines2].join("\n");
}

// src/entrypoints/cli.ts
function selfCommand(script) {
  return path15.basename(script) === "espalier" ? ["espalier"] : [process9.execPath, script];
}
function onInterrupt(handler) {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process9.on(signal, handler);
  return () => {
    for (const signal of signals) process9.off(signal, handler);
  };
}
process9.stdout.on("error", (error2) => {
  if (error2.code !== "EPIPE") throw error2;
  process9.kill(process9.pid, "SIGTERM");
});
process9.stderr.on("error", (error2) => {
  if (error2.code !== "EPIPE") throw error2;
});
var session = openSession({
  argv: process9.argv.slice(2),
  env: process9.env,
  cwd: process9.cwd(),
  stdin: process9.stdin,
  stdout: process9.stdout,
  stderr: process9.stderr,
  selfCommand: selfCommand(process9.argv[1] ?? "espalier"),
  onInterrupt,
  exitNow: (code) => {
    process9.exit(code);
  }
});
for (const event of ["uncaughtException", "unhandledRejection"])
  process9.on(event, (error2) => {
    reportFailure(session, error2, session.isDebug);
    session.input.exitNow(session.exitCode);
  });
process9.exitCode = await runProgram(session);
