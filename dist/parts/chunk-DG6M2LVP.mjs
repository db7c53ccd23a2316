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
  findLeg
} from "./chunk-3ITKD4LT.mjs";
import {
  findAwaited,
  indexPlan
} from "./chunk-CAA5KSZQ.mjs";
import {
  lastAttempt
} from "./chunk-GMXT2ENO.mjs";
import {
  branchFor
} from "./chunk-CICE3PZ7.mjs";
import {
  isObjectName,
  slugify
} from "./chunk-AVVG3THQ.mjs";
import {
  execa
} from "./chunk-BEFDHR73.mjs";
import {
  __commonJS,
  __require,
  __toESM
} from "./chunk-4P42K4ID.mjs";

// node_modules/ms/index.js
var require_ms = __commonJS({
  "node_modules/ms/index.js"(exports, module) {
    var s = 1e3;
    var m2 = s * 60;
    var h3 = m2 * 60;
    var d2 = h3 * 24;
    var w2 = d2 * 7;
    var y2 = d2 * 365.25;
    module.exports = function(val, options) {
      options = options || {};
      var type = typeof val;
      if (type === "string" && val.length > 0) {
        return parse(val);
      } else if (type === "number" && isFinite(val)) {
        return options.long ? fmtLong(val) : fmtShort(val);
      }
      throw new Error(
        "val is not a non-empty string or a valid number. val=" + JSON.stringify(val)
      );
    };
    function parse(str) {
      str = String(str);
      if (str.length > 100) {
        return;
      }
      var match = /^(-?(?:\d+)?\.?\d+) *(milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|years?|yrs?|y)?$/i.exec(
        str
      );
      if (!match) {
        return;
      }
      var n = parseFloat(match[1]);
      var type = (match[2] || "ms").toLowerCase();
      switch (type) {
        case "years":
        case "year":
        case "yrs":
        case "yr":
        case "y":
          return n * y2;
        case "weeks":
        case "week":
        case "w":
          return n * w2;
        case "days":
        case "day":
        case "d":
          return n * d2;
        case "hours":
        case "hour":
        case "hrs":
        case "hr":
        case "h":
          return n * h3;
        case "minutes":
        case "minute":
        case "mins":
        case "min":
        case "m":
          return n * m2;
        case "seconds":
        case "second":
        case "secs":
        case "sec":
        case "s":
          return n * s;
        case "milliseconds":
        case "millisecond":
        case "msecs":
        case "msec":
        case "ms":
          return n;
        default:
          return void 0;
      }
    }
    function fmtShort(ms2) {
      var msAbs = Math.abs(ms2);
      if (msAbs >= d2) {
        return Math.round(ms2 / d2) + "d";
      }
      if (msAbs >= h3) {
        return Math.round(ms2 / h3) + "h";
      }
      if (msAbs >= m2) {
        return Math.round(ms2 / m2) + "m";
      }
      if (msAbs >= s) {
        return Math.round(ms2 / s) + "s";
      }
      return ms2 + "ms";
    }
    function fmtLong(ms2) {
      var msAbs = Math.abs(ms2);
      if (msAbs >= d2) {
        return plural(ms2, msAbs, d2, "day");
      }
      if (msAbs >= h3) {
        return plural(ms2, msAbs, h3, "hour");
      }
      if (msAbs >= m2) {
        return plural(ms2, msAbs, m2, "minute");
      }
      if (msAbs >= s) {
        return plural(ms2, msAbs, s, "second");
      }
      return ms2 + " ms";
    }
    function plural(ms2, msAbs, n, name) {
      var isPlural = msAbs >= n * 1.5;
      return Math.round(ms2 / n) + " " + name + (isPlural ? "s" : "");
    }
  }
});

// node_modules/debug/src/common.js
var require_common = __commonJS({
  "node_modules/debug/src/common.js"(exports, module) {
    function setup(env) {
      createDebug.debug = createDebug;
      createDebug.default = createDebug;
      createDebug.coerce = coerce;
      createDebug.disable = disable;
      createDebug.enable = enable;
      createDebug.enabled = enabled;
      createDebug.humanize = require_ms();
      createDebug.destroy = destroy;
      Object.keys(env).forEach((key) => {
        createDebug[key] = env[key];
      });
      createDebug.names = [];
      createDebug.skips = [];
      createDebug.formatters = {};
      function selectColor(namespace) {
        let hash = 0;
        for (let i = 0; i < namespace.length; i++) {
          hash = (hash << 5) - hash + namespace.charCodeAt(i);
          hash |= 0;
        }
        return createDebug.colors[Math.abs(hash) % createDebug.colors.length];
      }
      createDebug.selectColor = selectColor;
      function createDebug(namespace) {
        let prevTime;
        let enableOverride = null;
        let namespacesCache;
        let enabledCache;
        function debug(...args) {
          if (!debug.enabled) {
            return;
          }
          const self = debug;
          const curr = Number(/* @__PURE__ */ new Date());
          const ms2 = curr - (prevTime || curr);
          self.diff = ms2;
          self.prev = prevTime;
          self.curr = curr;
          prevTime = curr;
          args[0] = createDebug.coerce(args[0]);
          if (typeof args[0] !== "string") {
            args.unshift("%O");
          }
          let index = 0;
          args[0] = args[0].replace(/%([a-zA-Z%])/g, (match, format) => {
            if (match === "%%") {
              return "%";
            }
            index++;
            const formatter = createDebug.formatters[format];
            if (typeof formatter === "function") {
              const val = args[index];
              match = formatter.call(self, val);
              args.splice(index, 1);
              index--;
            }
            return match;
          });
          createDebug.formatArgs.call(self, args);
          const logFn = self.log || createDebug.log;
          logFn.apply(self, args);
        }
        debug.namespace = namespace;
        debug.useColors = createDebug.useColors();
        debug.color = createDebug.selectColor(namespace);
        debug.extend = extend;
        debug.destroy = createDebug.destroy;
        Object.defineProperty(debug, "enabled", {
          enumerable: true,
          configurable: false,
          get: () => {
            if (enableOverride !== null) {
              return enableOverride;
            }
            if (namespacesCache !== createDebug.namespaces) {
              namespacesCache = createDebug.namespaces;
              enabledCache = createDebug.enabled(namespace);
            }
            return enabledCache;
          },
          set: (v2) => {
            enableOverride = v2;
          }
        });
        if (typeof createDebug.init === "function") {
          createDebug.init(debug);
        }
        return debug;
      }
      function extend(namespace, delimiter) {
        const newDebug = createDebug(this.namespace + (typeof delimiter === "undefined" ? ":" : delimiter) + namespace);
        newDebug.log = this.log;
        return newDebug;
      }
      function enable(namespaces) {
        createDebug.save(namespaces);
        createDebug.namespaces = namespaces;
        createDebug.names = [];
        createDebug.skips = [];
        const split = (typeof namespaces === "string" ? namespaces : "").trim().replace(/\s+/g, ",").split(",").filter(Boolean);
        for (const ns2 of split) {
          if (ns2[0] === "-") {
            createDebug.skips.push(ns2.slice(1));
          } else {
            createDebug.names.push(ns2);
          }
        }
      }
      function matchesTemplate(search, template) {
        let searchIndex = 0;
        let templateIndex = 0;
        let starIndex = -1;
        let matchIndex = 0;
        while (searchIndex < search.length) {
          if (templateIndex < template.length && (template[templateIndex] === search[searchIndex] || template[templateIndex] === "*")) {
            if (template[templateIndex] === "*") {
              starIndex = templateIndex;
              matchIndex = searchIndex;
              templateIndex++;
            } else {
              searchIndex++;
              templateIndex++;
            }
          } else if (starIndex !== -1) {
            templateIndex = starIndex + 1;
            matchIndex++;
            searchIndex = matchIndex;
          } else {
            return false;
          }
        }
        while (templateIndex < template.length && template[templateIndex] === "*") {
          templateIndex++;
        }
        return templateIndex === template.length;
      }
      function disable() {
        const namespaces = [
          ...createDebug.names,
          ...createDebug.skips.map((namespace) => "-" + namespace)
        ].join(",");
        createDebug.enable("");
        return namespaces;
      }
      function enabled(name) {
        for (const skip2 of createDebug.skips) {
          if (matchesTemplate(name, skip2)) {
            return false;
          }
        }
        for (const ns2 of createDebug.names) {
          if (matchesTemplate(name, ns2)) {
            return true;
          }
        }
        return false;
      }
      function coerce(val) {
        if (val instanceof Error) {
          return val.stack || val.message;
        }
        return val;
      }
      function destroy() {
        console.warn("Instance method `debug.destroy()` is deprecated and no longer does anything. It will be removed in the next major version of `debug`.");
      }
      createDebug.enable(createDebug.load());
      return createDebug;
    }
    module.exports = setup;
  }
});

// node_modules/debug/src/browser.js
var require_browser = __commonJS({
  "node_modules/debug/src/browser.js"(exports, module) {
    exports.formatArgs = formatArgs;
    exports.save = save;
    exports.load = load;
    exports.useColors = useColors;
    exports.storage = localstorage();
    exports.destroy = /* @__PURE__ */ (() => {
      let warned = false;
      return () => {
        if (!warned) {
          warned = true;
          console.warn("Instance method `debug.destroy()` is deprecated and no longer does anything. It will be removed in the next major version of `debug`.");
        }
      };
    })();
    exports.colors = [
      "#0000CC",
      "#0000FF",
      "#0033CC",
      "#0033FF",
      "#0066CC",
      "#0066FF",
      "#0099CC",
      "#0099FF",
      "#00CC00",
      "#00CC33",
      "#00CC66",
      "#00CC99",
      "#00CCCC",
      "#00CCFF",
      "#3300CC",
      "#3300FF",
      "#3333CC",
      "#3333FF",
      "#3366CC",
      "#3366FF",
      "#3399CC",
      "#3399FF",
      "#33CC00",
      "#33CC33",
      "#33CC66",
      "#33CC99",
      "#33CCCC",
      "#33CCFF",
      "#6600CC",
      "#6600FF",
      "#6633CC",
      "#6633FF",
      "#66CC00",
      "#66CC33",
      "#9900CC",
      "#9900FF",
      "#9933CC",
      "#9933FF",
      "#99CC00",
      "#99CC33",
      "#CC0000",
      "#CC0033",
      "#CC0066",
      "#CC0099",
      "#CC00CC",
      "#CC00FF",
      "#CC3300",
      "#CC3333",
      "#CC3366",
      "#CC3399",
      "#CC33CC",
      "#CC33FF",
      "#CC6600",
      "#CC6633",
      "#CC9900",
      "#CC9933",
      "#CCCC00",
      "#CCCC33",
      "#FF0000",
      "#FF0033",
      "#FF0066",
      "#FF0099",
      "#FF00CC",
      "#FF00FF",
      "#FF3300",
      "#FF3333",
      "#FF3366",
      "#FF3399",
      "#FF33CC",
      "#FF33FF",
      "#FF6600",
      "#FF6633",
      "#FF9900",
      "#FF9933",
      "#FFCC00",
      "#FFCC33"
    ];
    function useColors() {
      if (typeof window !== "undefined" && window.process && (window.process.type === "renderer" || window.process.__nwjs)) {
        return true;
      }
      if (typeof navigator !== "undefined" && navigator.userAgent && navigator.userAgent.toLowerCase().match(/(edge|trident)\/(\d+)/)) {
        return false;
      }
      let m2;
      return typeof document !== "undefined" && document.documentElement && document.documentElement.style && document.documentElement.style.WebkitAppearance || // Is firebug? http://stackoverflow.com/a/398120/376773
      typeof window !== "undefined" && window.console && (window.console.firebug || window.console.exception && window.console.table) || // Is firefox >= v31?
      // https://developer.mozilla.org/en-US/docs/Tools/Web_Console#Styling_messages
      typeof navigator !== "undefined" && navigator.userAgent && (m2 = navigator.userAgent.toLowerCase().match(/firefox\/(\d+)/)) && parseInt(m2[1], 10) >= 31 || // Double check webkit in userAgent just in case we are in a worker
      typeof navigator !== "undefined" && navigator.userAgent && navigator.userAgent.toLowerCase().match(/applewebkit\/(\d+)/);
    }
    function formatArgs(args) {
      args[0] = (this.useColors ? "%c" : "") + this.namespace + (this.useColors ? " %c" : " ") + args[0] + (this.useColors ? "%c " : " ") + "+" + module.exports.humanize(this.diff);
      if (!this.useColors) {
        return;
      }
      const c3 = "color: " + this.color;
      args.splice(1, 0, c3, "color: inherit");
      let index = 0;
      let lastC = 0;
      args[0].replace(/%[a-zA-Z%]/g, (match) => {
        if (match === "%%") {
          return;
        }
        index++;
        if (match === "%c") {
          lastC = index;
        }
      });
      args.splice(lastC, 0, c3);
    }
    exports.log = console.debug || console.log || (() => {
    });
    function save(namespaces) {
      try {
        if (namespaces) {
          exports.storage.setItem("debug", namespaces);
        } else {
          exports.storage.removeItem("debug");
        }
      } catch (error) {
      }
    }
    function load() {
      let r2;
      try {
        r2 = exports.storage.getItem("debug") || exports.storage.getItem("DEBUG");
      } catch (error) {
      }
      if (!r2 && typeof process !== "undefined" && "env" in process) {
        r2 = process.env.DEBUG;
      }
      return r2;
    }
    function localstorage() {
      try {
        return localStorage;
      } catch (error) {
      }
    }
    module.exports = require_common()(exports);
    var { formatters } = module.exports;
    formatters.j = function(v2) {
      try {
        return JSON.stringify(v2);
      } catch (error) {
        return "[UnexpectedJSONParseError]: " + error.message;
      }
    };
  }
});

// node_modules/has-flag/index.js
var require_has_flag = __commonJS({
  "node_modules/has-flag/index.js"(exports, module) {
    "use strict";
    module.exports = (flag, argv = process.argv) => {
      const prefix = flag.startsWith("-") ? "" : flag.length === 1 ? "-" : "--";
      const position = argv.indexOf(prefix + flag);
      const terminatorPosition = argv.indexOf("--");
      return position !== -1 && (terminatorPosition === -1 || position < terminatorPosition);
    };
  }
});

// node_modules/supports-color/index.js
var require_supports_color = __commonJS({
  "node_modules/supports-color/index.js"(exports, module) {
    "use strict";
    var os2 = __require("os");
    var tty = __require("tty");
    var hasFlag = require_has_flag();
    var { env } = process;
    var forceColor;
    if (hasFlag("no-color") || hasFlag("no-colors") || hasFlag("color=false") || hasFlag("color=never")) {
      forceColor = 0;
    } else if (hasFlag("color") || hasFlag("colors") || hasFlag("color=true") || hasFlag("color=always")) {
      forceColor = 1;
    }
    if ("FORCE_COLOR" in env) {
      if (env.FORCE_COLOR === "true") {
        forceColor = 1;
      } else if (env.FORCE_COLOR === "false") {
        forceColor = 0;
      } else {
        forceColor = env.FORCE_COLOR.length === 0 ? 1 : Math.min(parseInt(env.FORCE_COLOR, 10), 3);
      }
    }
    function translateLevel(level) {
      if (level === 0) {
        return false;
      }
      return {
        level,
        hasBasic: true,
        has256: level >= 2,
        has16m: level >= 3
      };
    }
    function supportsColor(haveStream, streamIsTTY) {
      if (forceColor === 0) {
        return 0;
      }
      if (hasFlag("color=16m") || hasFlag("color=full") || hasFlag("color=truecolor")) {
        return 3;
      }
      if (hasFlag("color=256")) {
        return 2;
      }
      if (haveStream && !streamIsTTY && forceColor === void 0) {
        return 0;
      }
      const min = forceColor || 0;
      if (env.TERM === "dumb") {
        return min;
      }
      if (process.platform === "win32") {
        const osRelease = os2.release().split(".");
        if (Number(osRelease[0]) >= 10 && Number(osRelease[2]) >= 10586) {
          return Number(osRelease[2]) >= 14931 ? 3 : 2;
        }
        return 1;
      }
      if ("CI" in env) {
        if (["TRAVIS", "CIRCLECI", "APPVEYOR", "GITLAB_CI", "GITHUB_ACTIONS", "BUILDKITE"].some((sign) => sign in env) || env.CI_NAME === "codeship") {
          return 1;
        }
        return min;
      }
      if ("TEAMCITY_VERSION" in env) {
        return /^(9\.(0*[1-9]\d*)\.|\d{2,}\.)/.test(env.TEAMCITY_VERSION) ? 1 : 0;
      }
      if (env.COLORTERM === "truecolor") {
        return 3;
      }
      if ("TERM_PROGRAM" in env) {
        const version = parseInt((env.TERM_PROGRAM_VERSION || "").split(".")[0], 10);
        switch (env.TERM_PROGRAM) {
          case "iTerm.app":
            return version >= 3 ? 3 : 2;
          case "Apple_Terminal":
            return 2;
        }
      }
      if (/-256(color)?$/i.test(env.TERM)) {
        return 2;
      }
      if (/^screen|^xterm|^vt100|^vt220|^rxvt|color|ansi|cygwin|linux/i.test(env.TERM)) {
        return 1;
      }
      if ("COLORTERM" in env) {
        return 1;
      }
      return min;
    }
    function getSupportLevel(stream) {
      const level = supportsColor(stream, stream && stream.isTTY);
      return translateLevel(level);
    }
    module.exports = {
      supportsColor: getSupportLevel,
      stdout: translateLevel(supportsColor(true, tty.isatty(1))),
      stderr: translateLevel(supportsColor(true, tty.isatty(2)))
    };
  }
});

// node_modules/debug/src/node.js
var require_node = __commonJS({
  "node_modules/debug/src/node.js"(exports, module) {
    var tty = __require("tty");
    var util = __require("util");
    exports.init = init;
    exports.log = log;
    exports.formatArgs = formatArgs;
    exports.save = save;
    exports.load = load;
    exports.useColors = useColors;
    exports.destroy = util.deprecate(
      () => {
      },
      "Instance method `debug.destroy()` is deprecated and no longer does anything. It will be removed in the next major version of `debug`."
    );
    exports.colors = [6, 2, 3, 4, 5, 1];
    try {
      const supportsColor = require_supports_color();
      if (supportsColor && (supportsColor.stderr || supportsColor).level >= 2) {
        exports.colors = [
          20,
          21,
          26,
          27,
          32,
          33,
          38,
          39,
          40,
          41,
          42,
          43,
          44,
          45,
          56,
          57,
          62,
          63,
          68,
          69,
          74,
          75,
          76,
          77,
          78,
          79,
          80,
          81,
          92,
          93,
          98,
          99,
          112,
          113,
          128,
          129,
          134,
          135,
          148,
          149,
          160,
          161,
          162,
          163,
          164,
          165,
          166,
          167,
          168,
          169,
          170,
          171,
          172,
          173,
          178,
          179,
          184,
          185,
          196,
          197,
          198,
          199,
          200,
          201,
          202,
          203,
          204,
          205,
          206,
          207,
          208,
          209,
          214,
          215,
          220,
          221
        ];
      }
    } catch (error) {
    }
    exports.inspectOpts = Object.keys(process.env).filter((key) => {
      return /^debug_/i.test(key);
    }).reduce((obj, key) => {
      const prop = key.substring(6).toLowerCase().replace(/_([a-z])/g, (_3, k2) => {
        return k2.toUpperCase();
      });
      let val = process.env[key];
      if (/^(yes|on|true|enabled)$/i.test(val)) {
        val = true;
      } else if (/^(no|off|false|disabled)$/i.test(val)) {
        val = false;
      } else if (val === "null") {
        val = null;
      } else {
        val = Number(val);
      }
      obj[prop] = val;
      return obj;
    }, {});
    function useColors() {
      return "colors" in exports.inspectOpts ? Boolean(exports.inspectOpts.colors) : tty.isatty(process.stderr.fd);
    }
    function formatArgs(args) {
      const { namespace: name, useColors: useColors2 } = this;
      if (useColors2) {
        const c3 = this.color;
        const colorCode = "\x1B[3" + (c3 < 8 ? c3 : "8;5;" + c3);
        const prefix = `  ${colorCode};1m${name} \x1B[0m`;
        args[0] = prefix + args[0].split("\n").join("\n" + prefix);
        args.push(colorCode + "m+" + module.exports.humanize(this.diff) + "\x1B[0m");
      } else {
        args[0] = getDate() + name + " " + args[0];
      }
    }
    function getDate() {
      if (exports.inspectOpts.hideDate) {
        return "";
      }
      return (/* @__PURE__ */ new Date()).toISOString() + " ";
    }
    function log(...args) {
      return process.stderr.write(util.formatWithOptions(exports.inspectOpts, ...args) + "\n");
    }
    function save(namespaces) {
      if (namespaces) {
        process.env.DEBUG = namespaces;
      } else {
        delete process.env.DEBUG;
      }
    }
    function load() {
      return process.env.DEBUG;
    }
    function init(debug) {
      debug.inspectOpts = {};
      const keys = Object.keys(exports.inspectOpts);
      for (let i = 0; i < keys.length; i++) {
        debug.inspectOpts[keys[i]] = exports.inspectOpts[keys[i]];
      }
    }
    module.exports = require_common()(exports);
    var { formatters } = module.exports;
    formatters.o = function(v2) {
      this.inspectOpts.colors = this.useColors;
      return util.inspect(v2, this.inspectOpts).split("\n").map((str) => str.trim()).join(" ");
    };
    formatters.O = function(v2) {
      this.inspectOpts.colors = this.useColors;
      return util.inspect(v2, this.inspectOpts);
    };
  }
});

// node_modules/debug/src/index.js
var require_src = __commonJS({
  "node_modules/debug/src/index.js"(exports, module) {
    if (typeof process === "undefined" || process.type === "renderer" || process.browser === true || process.__nwjs) {
      module.exports = require_browser();
    } else {
      module.exports = require_node();
    }
  }
});

// node_modules/@kwsites/file-exists/dist/src/index.js
var require_src2 = __commonJS({
  "node_modules/@kwsites/file-exists/dist/src/index.js"(exports) {
    "use strict";
    var __importDefault = exports && exports.__importDefault || function(mod) {
      return mod && mod.__esModule ? mod : { "default": mod };
    };
    Object.defineProperty(exports, "__esModule", { value: true });
    var fs_1 = __require("fs");
    var debug_1 = __importDefault(require_src());
    var log = debug_1.default("@kwsites/file-exists");
    function check(path10, isFile, isDirectory) {
      log(`checking %s`, path10);
      try {
        const stat6 = fs_1.statSync(path10);
        if (stat6.isFile() && isFile) {
          log(`[OK] path represents a file`);
          return true;
        }
        if (stat6.isDirectory() && isDirectory) {
          log(`[OK] path represents a directory`);
          return true;
        }
        log(`[FAIL] path represents something other than a file or directory`);
        return false;
      } catch (e) {
        if (e.code === "ENOENT") {
          log(`[FAIL] path is not accessible: %o`, e);
          return false;
        }
        log(`[FATAL] %o`, e);
        throw e;
      }
    }
    function exists3(path10, type = exports.READABLE) {
      return check(path10, (type & exports.FILE) > 0, (type & exports.FOLDER) > 0);
    }
    exports.exists = exists3;
    exports.FILE = 1;
    exports.FOLDER = 2;
    exports.READABLE = exports.FILE + exports.FOLDER;
  }
});

// node_modules/@kwsites/file-exists/dist/index.js
var require_dist = __commonJS({
  "node_modules/@kwsites/file-exists/dist/index.js"(exports) {
    "use strict";
    function __export(m2) {
      for (var p2 in m2) if (!exports.hasOwnProperty(p2)) exports[p2] = m2[p2];
    }
    Object.defineProperty(exports, "__esModule", { value: true });
    __export(require_src2());
  }
});

// node_modules/@kwsites/promise-deferred/dist/index.js
var require_dist2 = __commonJS({
  "node_modules/@kwsites/promise-deferred/dist/index.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.createDeferred = exports.deferred = void 0;
    function deferred() {
      let done;
      let fail;
      let status = "pending";
      const promise = new Promise((_done, _fail) => {
        done = _done;
        fail = _fail;
      });
      return {
        promise,
        done(result) {
          if (status === "pending") {
            status = "resolved";
            done(result);
          }
        },
        fail(error) {
          if (status === "pending") {
            status = "rejected";
            fail(error);
          }
        },
        get fulfilled() {
          return status !== "pending";
        },
        get status() {
          return status;
        }
      };
    }
    exports.deferred = deferred;
    exports.createDeferred = deferred;
    exports.default = deferred;
  }
});

// src/engine/leg-orders.ts
function readLegOrder({ ledger, record, nonce, leg: input }) {
  const dispatch = record.dispatches.find((one) => one.nonce === nonce);
  if (dispatch === void 0) return notAwaited(`the ledger knows no dispatch '${nonce}' (any more)`);
  const leg = findLeg(dispatch.legs, input);
  if (leg === null) return notAwaited(`dispatch '${nonce}' has no such leg of '${input.task}'`);
  if (leg.isOver) return notAwaited(`this leg of '${leg.task}' is over: it was stopped, or has its result`);
  const awaited = findAwaited(ledger, leg);
  if (awaited === null) return notAwaited(`the ledger does not wait for this leg of '${leg.task}' any more`);
  if (awaited.work === "final") return readFinalLeg(ledger, leg, awaited.final.commitSha);
  const task = indexPlan(ledger.plan).task(leg.task);
  if (task === void 0) return notAwaited(`the plan has no task '${leg.task}' any more`);
  if (indexPlan(ledger.plan).digest(leg.task) !== awaited.attempt.taskDigest)
    return notAwaited(`task '${leg.task}' was changed after this was dispatched`);
  return awaited.work === "trial" ? readTrialLeg(ledger, { ...awaited, task }, leg) : readAttemptLeg(ledger, { ...awaited, task }, leg);
}
function readAttemptLeg(ledger, { task, attempt }, { mode, headSha }) {
  if ((attempt.givenSha ?? null) !== headSha || mode === "full" !== (headSha === null))
    return notAwaited(`the ledger waits for another head of '${task.id}'`);
  const order = makeAttemptOrder(ledger, task, attempt);
  return headSha === null ? { kind: "attempt", order } : { kind: "given", order: { ...order, headSha } };
}
function readTrialLeg(ledger, { task, attempt, trial }, { headSha: commitSha }) {
  const group = attempt.landing?.group;
  const treeSha = group?.generation === trial.generation ? group.treeSha : null;
  if (commitSha === null || treeSha !== null && group?.commitSha !== commitSha)
    return notAwaited(`the ledger waits for another merge of '${task.id}'`);
  const order = makeTrialOrder(ledger, task, attempt, trial);
  return order === null ? notAwaited(`the ledger knows no verified head of '${task.id}'`) : { kind: "trial", order: { ...order, commitSha, treeSha } };
}
function readFinalLeg(ledger, leg, commitSha) {
  return leg.headSha === commitSha ? { kind: "final", order: finalOrder(ledger, leg.generation, commitSha) } : notAwaited("the ledger waits for the tests of another landed whole");
}
function notAwaited(because) {
  return { kind: "not-awaited", because };
}
function attemptOrder(ledger, id) {
  const { task, attempt } = taskAndAttempt(ledger, id);
  return makeAttemptOrder(ledger, task, attempt);
}
function trialOrder(ledger, id) {
  const { task, attempt } = taskAndAttempt(ledger, id);
  const order = attempt.trial === null ? null : makeTrialOrder(ledger, task, attempt, attempt.trial);
  if (order === null) throw new Error(`The ledger names no trial of '${id}', so there is nothing to start.`);
  return order;
}
function finalOrder(ledger, generation, commitSha) {
  const [first] = ledger.plan.tasks;
  if (first === void 0) throw new Error("A plan without tasks has no final tests to run.");
  const { profile, resources, timeoutMs, setup, copy, ports } = first;
  return {
    plan: ledger.plan.id,
    generation,
    commitSha,
    commands: ledger.plan.final,
    settings: { profile, resources, timeoutMs, setup, copy, ports }
  };
}
function taskAndAttempt(ledger, id) {
  const task = indexPlan(ledger.plan).task(id);
  const attempt = lastAttempt(ledger.tasks[id]);
  if (task === void 0 || attempt === null)
    throw new Error(`The ledger names no attempt of '${id}', so there is nothing to start.`);
  return { task, attempt };
}
function makeAttemptOrder({ plan, tasks }, task, attempt) {
  const earlier = tasks[task.id]?.attempts.slice(0, -1) ?? [];
  return {
    plan: plan.id,
    planTitle: plan.title,
    task,
    taskDigest: attempt.taskDigest,
    attempt: attempt.attempt,
    generation: attempt.generation,
    baseSha: attempt.baseSha,
    carrySha: attempt.carrySha,
    feedback: attempt.feedback,
    reservedUsd: attempt.reservedUsd,
    attemptBranch: branchFor({ kind: "attempt", plan: plan.id, task: task.id, attempt: attempt.attempt }),
    taskBranch: task.branch ?? branchFor({ kind: "task", plan: plan.id, task: task.id }),
    taskBranchFrom: earlier.findLast((one) => one.evidence?.outcome === "verified")?.evidence?.headSha ?? null
  };
}
function makeTrialOrder({ plan }, task, attempt, { generation, ontoSha }) {
  const headSha = attempt.evidence?.headSha ?? null;
  if (headSha === null) return null;
  return {
    plan: plan.id,
    planTitle: plan.title,
    task,
    attempt: attempt.attempt,
    generation,
    headSha,
    ontoSha,
    knownTests: attempt.evidence?.tests ?? [],
    trialBranch: branchFor({ kind: "trial", plan: plan.id, task: task.id, attempt: attempt.attempt })
  };
}

// src/adapters/git/open-git.ts
import { randomBytes as randomBytes2 } from "node:crypto";
import { mkdir as mkdir5, readFile as readFile5, realpath as realpath2, rename as rename3, stat as stat5, writeFile as writeFile2 } from "node:fs/promises";
import path9 from "node:path";

// src/adapters/git/git-failure.ts
var GitFailure = class extends Error {
  name = "GitFailure";
  code;
  constructor(message, options) {
    super(message, options && "cause" in options ? { cause: options.cause } : void 0);
    if (options?.code !== void 0) this.code = options.code;
  }
};
function quoteForPerson(text, limit = 600) {
  const line = text.trim().replace(/\s*\n\s*/g, "; ").replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "?").replace(/[\ud800-\udfff]/gu, "?");
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
var DISK_FULL = /No space left on device|Disk quota exceeded/;
var MISSING_OBJECT = /missing (?:blob|tree|object)|unable to read (?:sha1 file|tree|blob)|bad object|could not fetch/i;
function saysDiskFull(stderr) {
  return DISK_FULL.test(stderr);
}
function failureOf(what, exit) {
  const because = quoteForPerson(exit.stderr) || `git ended with code ${exit.exitCode ?? "unknown"}`;
  return new GitFailure(`Git failed while ${what}: ${because}. ${nextStepFor(exit.stderr)}`, {
    code: saysDiskFull(exit.stderr) ? "ENOSPC" : void 0
  });
}
function nextStepFor(stderr) {
  if (saysDiskFull(stderr)) return "Free some disk space and run the same command again.";
  if (MISSING_OBJECT.test(stderr))
    return "Objects are missing: run 'git fetch --refetch --no-filter' in a partial clone, 'git fsck' in any other.";
  if (/\.lock'?: File exists/.test(stderr))
    return "Another git process is at work there, or one died: remove the lock file that is named once none runs.";
  return "Run 'git fsck' in the repository if this repeats.";
}

// src/adapters/git/run-git.ts
var DEFAULT_MAX_BYTES = 512 * 1024 * 1024;
async function runGit(run) {
  const subprocess = execa("git", run.args, {
    // A process group of its own: Ctrl-C in the terminal is ours to act on, and git ends what it has begun.
    detached: true,
    env: run.env,
    extendEnv: false,
    cwd: run.cwd,
    reject: false,
    encoding: "buffer",
    stripFinalNewline: false,
    maxBuffer: run.maxBytes ?? DEFAULT_MAX_BYTES,
    ...run.onStdout === void 0 ? {} : { buffer: { stdout: false } },
    forceKillAfterDelay: 1e3,
    ...run.timeoutMs === void 0 ? {} : { timeout: run.timeoutMs },
    ...run.signal === void 0 ? {} : { cancelSignal: run.signal },
    ...run.input === void 0 ? { stdin: "ignore" } : isIterable(run.input) ? { stdin: run.input } : { input: run.input }
  });
  let isStopped = false;
  if (run.onStdout !== void 0) {
    subprocess.stdout?.on("data", (chunk) => {
      if (isStopped || run.onStdout?.(chunk) !== false) return;
      isStopped = true;
      subprocess.kill("SIGKILL");
    });
  }
  const result = await subprocess;
  const cutOff = result.isMaxBuffer || isStopped ? "bytes" : result.timedOut ? "time" : result.isCanceled ? "signal" : null;
  if (result.exitCode === void 0 && result.signal === void 0 && cutOff === null)
    throw new GitFailure(
      `Git cannot be started in '${quoteForPerson(run.cwd)}' (${result.code ?? "unknown error"}). Look whether that folder and git are there, and whether the machine is out of processes or memory.`,
      { cause: result.cause }
    );
  return {
    exitCode: result.exitCode ?? null,
    stdout: asBuffer(result.stdout),
    stderr: asBuffer(result.stderr).toString("utf8"),
    cutOff
  };
}
async function runGitOrFail(what, run) {
  const exit = await runGit(run);
  if (exit.exitCode !== 0 || exit.cutOff !== null) throw failureOf(what, exit);
  return exit.stdout;
}
function isIterable(input) {
  return typeof input === "object" && Symbol.asyncIterator in input;
}
function asBuffer(bytes) {
  return bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0);
}

// src/adapters/git/branches.ts
var HEADS = "refs/heads/";
var MOVE_TRIES = 4;
async function readBranches(context, branches) {
  if (branches.length === 0) return /* @__PURE__ */ new Map();
  const tips = await readRefs(
    context,
    branches.map((branch) => `${HEADS}${branch}`)
  );
  const wanted = new Set(branches);
  return new Map(tips.filter(({ branch }) => wanted.has(branch)).map(({ branch, sha }) => [branch, sha]));
}
async function listBranches(context, prefix) {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const tips = await readRefs(context, [`${HEADS}${folder}`]);
  return tips.filter(({ branch }) => branch.startsWith(prefix)).sort((a, b3) => a.branch < b3.branch ? -1 : 1);
}
async function readRefs(context, patterns) {
  const exit = await runGit({
    args: ["for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", ...patterns],
    env: context.repositoryEnv("none"),
    cwd: context.commonDir
  });
  if (exit.exitCode !== 0) throw failureOf("reading branches", exit);
  const tips = [];
  for (const line of exit.stdout.toString("utf8").split("\n")) {
    const [sha = "", type, ...name] = line.split(" ");
    const ref = name.join(" ");
    if (type === "commit" && isObjectName(sha) && ref.startsWith(HEADS))
      tips.push({ branch: ref.slice(HEADS.length), sha });
  }
  return tips;
}
async function moveBranches(context, moves, reason) {
  if (moves.length === 0) return { moved: true, because: "" };
  const input = Buffer.from(["start", ...moves.map(asCommand), "prepare", "commit", ""].join("\0"), "utf8");
  for (let tries = 1; ; tries += 1) {
    const exit = await runGit({
      args: ["update-ref", "--stdin", "-z", "-m", `espalier: ${quoteForPerson(reason, 200)}`],
      env: context.repositoryEnv("none"),
      cwd: context.commonDir,
      input
    });
    if (exit.exitCode === 0) return { moved: true, because: "" };
    const lost = await findLostRace(context, moves);
    if (lost !== null) return { moved: false, because: lost };
    const mayPass = /but expected|reference already exists|unable to resolve reference/.test(exit.stderr);
    if (!mayPass || tries >= MOVE_TRIES) throw failureOf(`moving ${nameAll(moves)}`, exit);
  }
}
function asCommand({ branch, from, to: to2 }) {
  const ref = `${HEADS}${branch}`;
  if (from === to2) return `verify ${ref}\0${from ?? ""}`;
  if (to2 === null) return `delete ${ref}\0${from ?? ""}`;
  return from === null ? `create ${ref}\0${to2}` : `update ${ref}\0${to2}\0${from}`;
}
async function findLostRace(context, moves) {
  const tips = await readBranches(
    context,
    moves.map((move) => move.branch)
  );
  for (const { branch, from } of moves) {
    const tip = tips.get(branch) ?? null;
    if (tip !== from)
      return `branch '${branch}' is ${tip === null ? "absent" : `at ${tip}`}, expected ${from === null ? "none" : from}`;
  }
  return null;
}
function nameAll(moves) {
  return moves.map((move) => `branch '${move.branch}'`).join(" and ");
}
async function resolveAlias(context, branch) {
  const exit = await runGit({
    args: ["for-each-ref", "--format=%(refname) %(symref)", `${HEADS}${branch}`],
    env: context.repositoryEnv("none"),
    cwd: context.commonDir
  });
  if (exit.exitCode !== 0) throw failureOf(`reading branch '${branch}'`, exit);
  for (const line of exit.stdout.toString("utf8").split("\n")) {
    const [ref, target = ""] = line.split(" ");
    if (ref !== `${HEADS}${branch}` || target === "") continue;
    if (!target.startsWith(HEADS))
      throw new GitFailure(`Branch '${branch}' stands for '${quoteForPerson(target)}', which is no branch. Repair it.`);
    return target.slice(HEADS.length);
  }
  return branch;
}

// src/adapters/git/checkouts.ts
import { lstat as lstat2, readdir as readdir2, readFile as readFile2 } from "node:fs/promises";
import path3 from "node:path";

// src/adapters/git/commits.ts
async function treeOfCommit(context, commit) {
  const object = await context.objects.reader.contents(commit);
  const tree = object?.type === "commit" ? /^tree ([0-9a-f]+)\n/.exec(object.data.toString("latin1", 0, 80))?.[1] : null;
  if (!tree) throw new GitFailure(`Commit ${commit} is missing. Run 'git fsck' in the repository.`);
  return tree;
}
async function parentsOfCommit(context, commit) {
  const object = await context.objects.reader.contents(commit);
  if (object?.type !== "commit") throw new GitFailure(`Commit ${commit} is missing. Run 'git fsck' in the repository.`);
  const parents = [];
  for (const line of object.data.toString("latin1").split("\n").slice(1)) {
    const parent = /^parent ([0-9a-f]+)$/.exec(line)?.[1];
    if (parent === void 0) break;
    parents.push(parent);
  }
  return parents;
}
async function treeAt(context, at2) {
  const info = await context.objects.reader.info(at2);
  return info?.type === "tree" ? at2 : treeOfCommit(context, at2);
}
async function isAncestor(context, ancestor, descendant) {
  if (ancestor === descendant) return true;
  const exit = await context.tryInStore({ args: ["merge-base", "--is-ancestor", ancestor, descendant] });
  if (exit.exitCode === 0 || exit.exitCode === 1) return exit.exitCode === 0;
  throw failureOf(`comparing the history of ${ancestor} and ${descendant}`, exit);
}
async function findMergeBase(context, one, other) {
  const exit = await context.tryInStore({ args: ["merge-base", one, other] });
  if (exit.exitCode === 0) return exit.stdout.toString("latin1").trim();
  if (exit.exitCode === 1 && exit.stdout.length === 0) return null;
  throw failureOf(`looking for what ${one} and ${other} have in common`, exit);
}
async function writeCommit(context, commit) {
  const { reader, writer } = context.objects;
  const named = [commit.tree, ...commit.parents];
  const types = await Promise.all(
    named.map(async (id) => isObjectName(id) ? (await reader.info(id))?.type : void 0)
  );
  types.forEach((type, position) => {
    if (type !== (position === 0 ? "tree" : "commit"))
      throw new GitFailure(`A commit cannot be made of ${named[position]}: it is missing or of another kind.`);
  });
  const person = `${cleanIdentity(commit.author.name) || "Espalier"} <${cleanIdentity(commit.author.email)}>`;
  const when = `${Math.floor(commit.atMs / 1e3)} +0000`;
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${person} ${when}`,
    `committer ${person} ${when}`,
    "",
    // A NUL would end the message for every reader of it.
    commit.message.replaceAll("\0", "").replace(/\n*$/, "\n")
  ];
  return await writer.write("commit", Buffer.from(lines.join("\n"), "utf8"));
}
function cleanIdentity(text) {
  return text.replace(/[<>\n\r\0]/g, "").replace(/^[\s.,:;"'\\]+|[\s.,:;"'\\]+$/g, "").trim();
}

// src/adapters/git/path-bytes.ts
import { isUtf8 } from "node:buffer";
var SURROGATE_BASE = 56320;
function decodePath(bytes) {
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  let text = "";
  for (let at2 = 0; at2 < bytes.length; ) {
    const length = validSequenceLength(bytes, at2);
    if (length === 0) {
      text += String.fromCharCode(SURROGATE_BASE + (bytes[at2] ?? 0));
      at2 += 1;
    } else {
      text += Buffer.from(bytes.subarray(at2, at2 + length)).toString("utf8");
      at2 += length;
    }
  }
  return text;
}
function validSequenceLength(bytes, at2) {
  for (let length = 1; length <= 4 && at2 + length <= bytes.length; length += 1)
    if (isUtf8(bytes.subarray(at2, at2 + length))) return length;
  return 0;
}
function encodePath(path10) {
  if (path10.isWellFormed()) return Buffer.from(path10, "utf8");
  const parts = [];
  for (const character of path10) {
    const code = character.codePointAt(0) ?? 0;
    const isByte = code >= SURROGATE_BASE + 128 && code <= SURROGATE_BASE + 255;
    parts.push(isByte ? Buffer.from([code - SURROGATE_BASE]) : Buffer.from(character, "utf8"));
  }
  return Buffer.concat(parts);
}
function splitNul(bytes) {
  const records = [];
  let from = 0;
  for (let to2 = bytes.indexOf(0, from); to2 !== -1; to2 = bytes.indexOf(0, from)) {
    records.push(bytes.subarray(from, to2));
    from = to2 + 1;
  }
  if (from < bytes.length) records.push(bytes.subarray(from));
  return records;
}

// src/adapters/git/diffs.ts
var PLAIN = ["--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none"];
async function diffTrees(context, from, to2) {
  const output = await context.runInStore("comparing two trees", {
    args: ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", ...PLAIN, from, to2]
  });
  const records = splitNul(output);
  const changes = [];
  for (let at2 = 0; at2 + 1 < records.length; at2 += 2)
    changes.push(readChange(context, records[at2], records[at2 + 1]));
  return Promise.all(changes);
}
async function readChange(context, header, path10) {
  const [oldMode = "", newMode = "", , newBlob = "", letter = ""] = header.toString("latin1").slice(1).split(" ");
  const hasBlob = newMode !== "000000" && newMode !== "160000";
  const info = hasBlob ? await context.objects.reader.info(newBlob) : null;
  if (hasBlob && info === null) throw new GitFailure(`Object ${newBlob} is missing. Run 'git fsck' in the repository.`);
  return {
    path: decodePath(path10),
    status: statusOf(letter),
    oldMode,
    newMode,
    newBlob,
    newSize: info?.size ?? 0
  };
}
function statusOf(letter) {
  switch (letter) {
    case "A":
      return "added";
    case "D":
      return "deleted";
    case "T":
      return "type-changed";
    default:
      return "modified";
  }
}
async function diffText(context, from, to2, maxBytes) {
  const exit = await context.tryInStore({
    args: ["diff-tree", "-r", "-p", "--no-color", "--full-index", ...PLAIN, from, to2],
    maxBytes
  });
  if (exit.cutOff !== "bytes" && exit.exitCode !== 0) throw failureOf("comparing two trees", exit);
  const text = exit.stdout.toString("utf8");
  if (exit.cutOff !== "bytes") return text;
  return `${text.slice(0, text.lastIndexOf("\n") + 1)}[diff cut here: it has more than ${maxBytes} bytes]
`;
}
async function countLines(context, from, to2) {
  const output = await context.runInStore("counting changed lines", {
    args: ["diff-tree", "-r", "-z", "--numstat", ...PLAIN, from, to2]
  });
  let insertions = 0;
  let deletions = 0;
  for (const record of splitNul(output)) {
    const [added = "", removed = ""] = record.toString("latin1").split("	", 2);
    insertions += Number(added) || 0;
    deletions += Number(removed) || 0;
  }
  return { insertions, deletions };
}

// src/adapters/git/worktrees.ts
import { chmod, copyFile, lstat, mkdir, readdir, readFile, realpath, rm, stat as stat2, utimes } from "node:fs/promises";
import path2 from "node:path";
import { setTimeout as delay } from "node:timers/promises";

// src/adapters/git/state-dir.ts
import { createHash } from "node:crypto";
import { access, constants, stat } from "node:fs/promises";
import path from "node:path";
async function resolveStateDir(options) {
  const home = await usableStateHome(options.env);
  if (home === null) return path.join(options.commonDir, "espalier");
  const isDotGit = path.basename(options.commonDir) === ".git";
  const named = isDotGit ? path.dirname(options.commonDir) : options.commonDir.replace(/\.git$/, "");
  const slug = slugify(path.basename(named)) || "repository";
  const hash = createHash("sha256").update(options.commonDir).digest("hex").slice(0, 12);
  return path.join(home, "espalier", `${slug}-${hash}`);
}
async function usableStateHome(env) {
  const chosen = env["XDG_STATE_HOME"];
  if (chosen !== void 0 && path.isAbsolute(chosen)) return chosen;
  const home = env["HOME"];
  if (home === void 0 || !path.isAbsolute(home) || home === "/") return null;
  try {
    if (!(await stat(home)).isDirectory()) return null;
    await access(home, constants.W_OK | constants.X_OK);
    return path.join(home, ".local", "state");
  } catch {
    return null;
  }
}
function isInside(inner, outer) {
  const relative = path.relative(outer, inner);
  return relative === "" || relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

// src/adapters/git/worktrees.ts
var ADD_TRIES = 5;
var queues = /* @__PURE__ */ new Map();
function inTurn(commonDir, work) {
  const before = queues.get(commonDir) ?? Promise.resolve();
  const mine = before.then(work, work);
  queues.set(
    commonDir,
    mine.catch(() => void 0)
  );
  return mine;
}
async function createWorktree(context, options) {
  const { path: target } = options;
  if (!path2.isAbsolute(target))
    throw new GitFailure(`A worktree needs an absolute path, not '${quoteForPerson(target)}'.`);
  if (await exists(target))
    throw new GitFailure(`Worktree '${quoteForPerson(target)}' cannot be made: the path exists. Remove it first.`);
  await mkdir(path2.dirname(target), { recursive: true });
  try {
    await inTurn(context.commonDir, () => register(context, target, options.commit));
    await populate(context, target, options.tree);
  } catch (error) {
    await removeWorktree(context, target).catch(() => void 0);
    throw error;
  }
}
async function register(context, target, commit) {
  for (let tries = 1; ; tries += 1) {
    try {
      await context.runInRepository(`making worktree '${quoteForPerson(target)}'`, [
        "worktree",
        "add",
        "--detach",
        "--no-checkout",
        "--",
        target,
        commit
      ]);
      return;
    } catch (error) {
      const isRace = /File exists|\.lock|could not lock|already exists/i.test(error.message);
      if (!isRace || tries >= ADD_TRIES) throw error;
      await unregister(context, target);
      await rm(target, { recursive: true, force: true });
      await delay(20 * 2 ** tries);
    }
  }
}
async function populate(context, target, tree) {
  const admin = await findAdminDir(context, target);
  if (admin === null) throw new GitFailure(`Worktree '${quoteForPerson(target)}' was made but git does not list it.`);
  const index = path2.join(admin, "index");
  await runGitOrFail(`writing the files of '${quoteForPerson(target)}'`, {
    args: ["read-tree", "-u", "--reset", tree],
    env: context.storeEnv({ GIT_INDEX_FILE: index, GIT_WORK_TREE: target }),
    cwd: target
  });
  await copyIndex(index, firstIndexOf(admin, tree));
}
function firstIndexOf(admin, tree) {
  return path2.join(admin, `espalier-index.${tree}`);
}
async function copyFirstIndex(context, worktree, tree, target) {
  const admin = await findAdminDir(context, worktree);
  return admin !== null && await copyIndex(firstIndexOf(admin, tree), target);
}
async function copyIndex(from, to2) {
  try {
    const { mtimeMs } = await stat2(from);
    await copyFile(from, to2);
    await utimes(to2, /* @__PURE__ */ new Date(), new Date(Math.floor(mtimeMs)));
    return true;
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}
async function findAdminDir(context, target) {
  const folder = path2.join(context.commonDir, "worktrees");
  let names;
  try {
    names = await readdir(folder);
  } catch {
    return null;
  }
  const wanted = path2.join(await realPathOf(path2.dirname(target)), path2.basename(target), ".git");
  for (const name of names) {
    const admin = path2.join(folder, name);
    const pointer = await readFile(path2.join(admin, "gitdir"), "utf8").catch(() => "");
    const at2 = path2.resolve(admin, pointer.replace(/\n$/, ""));
    if (pointer !== "" && (at2 === wanted || at2 === path2.join(target, ".git"))) return admin;
  }
  return null;
}
async function realPathOf(folder) {
  return realpath(folder).catch(() => folder);
}
async function validateWorktree(context, target) {
  const bad = (because) => ({ isValid: false, because: `worktree '${quoteForPerson(target)}' ${because}` });
  const found = await lstat(target).catch(() => null);
  if (found === null) return bad("is gone");
  if (!found.isDirectory()) return bad("is not a folder");
  const admin = await findAdminDir(context, target);
  if (admin === null) return bad("is not registered with git");
  const head = await readFile(path2.join(admin, "HEAD"), "utf8").catch(() => "");
  if (!isObjectName(head.trim())) return bad("has no commit of its own");
  return { isValid: true, because: "" };
}
async function removeWorktree(context, target) {
  const admin = await findAdminDir(context, target);
  const isOurs = isInside(target, path2.join(context.stateDir, "trees"));
  const isUsers = context.topLevel !== null && isInside(context.topLevel, target);
  if (isUsers || isInside(context.commonDir, target) || !isOurs && admin === null && await exists(target))
    throw new GitFailure(`'${quoteForPerson(target)}' is no worktree of Espalier's and is left alone.`);
  await removeFolder(target);
  await unregister(context, target);
}
async function unregister(context, target) {
  const admin = await findAdminDir(context, target);
  if (admin !== null) await rm(admin, { recursive: true, force: true });
}
async function removeFolder(target) {
  try {
    await rm(target, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const code = error.code;
    if (code !== "EACCES" && code !== "EPERM" && code !== "ENOTEMPTY") throw error;
    await openFolders(target);
    await rm(target, { recursive: true, force: true, maxRetries: 3 }).catch((cause) => {
      throw new GitFailure(
        `'${quoteForPerson(target)}' cannot be removed (${cause.code ?? "unknown error"}). Files in it may belong to another user: remove the folder by hand.`,
        { cause }
      );
    });
  }
}
async function openFolders(folder) {
  const found = await lstat(folder).catch(() => null);
  if (!found?.isDirectory()) return;
  await chmod(folder, 448).catch(() => void 0);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await openFolders(path2.join(folder, entry.name));
}
async function listWorktrees(context) {
  const output = await context.runInRepository("listing worktrees", ["worktree", "list", "--porcelain", "-z"]);
  const entries = [];
  const main = await findMainCheckout(context);
  let isFirst = true;
  let isBare = false;
  let entry = null;
  for (const line of output.split("\0")) {
    const [word = "", ...rest2] = line.split(" ");
    const value = rest2.join(" ");
    if (word === "worktree") {
      entry = { path: isFirst && main !== null ? main : value, head: null, branch: null };
      [isFirst, isBare] = [false, false];
    } else if (entry !== null && word === "HEAD") {
      entry.head = isObjectName(value) && !/^0+$/.test(value) ? value : null;
    } else if (entry !== null && word === "branch") {
      entry.branch = value.replace(/^refs\/heads\//, "");
    } else if (word === "bare") {
      isBare = true;
    } else if (word === "" && entry !== null) {
      if (!isBare) entries.push(entry);
      entry = null;
    }
  }
  return entries;
}
async function findMainCheckout(context) {
  const isLinked = context.topLevel !== null && await findAdminDir(context, context.topLevel) !== null;
  return isLinked ? null : context.topLevel;
}
async function exists(target) {
  return lstat(target).then(
    () => true,
    () => false
  );
}

// src/adapters/git/checkouts.ts
var UNFINISHED = [
  ["MERGE_HEAD", "a merge"],
  ["CHERRY_PICK_HEAD", "a cherry-pick"],
  ["REVERT_HEAD", "a revert"],
  ["rebase-merge", "a rebase"],
  ["rebase-apply", "a rebase"],
  ["BISECT_LOG", "a bisect"]
];
async function checkoutsOf(context, branch) {
  if (!await couldBeCheckedOut(context, branch)) return [];
  const wanted = await resolveAlias(context, branch);
  const states = [];
  for (const entry of await listWorktrees(context)) {
    const gitDir = await gitDirOf(context, entry.path);
    const holds = entry.branch === wanted || await rebasedBranch(gitDir) === wanted;
    if (holds) states.push(await describeCheckout(context, entry.path, gitDir));
  }
  return states;
}
async function couldBeCheckedOut(context, branch) {
  const folder = path3.join(context.commonDir, "worktrees");
  const names = await readdir2(folder).catch(() => []);
  const gitDirs = [context.commonDir, ...names.map((name) => path3.join(folder, name))];
  const answers = await Promise.all([
    isAlias(context, `refs/heads/${branch}`),
    ...gitDirs.map((gitDir) => couldHold(context, gitDir, branch))
  ]);
  return answers.includes(true);
}
async function couldHold(context, gitDir, branch) {
  if (await rebasedBranch(gitDir) !== null) return true;
  const head = (await readFile2(path3.join(gitDir, "HEAD"), "utf8").catch(() => "")).trim();
  const ref = /^ref: (refs\/heads\/.+)$/.exec(head)?.[1];
  if (ref === void 0) return !isObjectName(head);
  return ref === `refs/heads/${branch}` || ref.endsWith("/.invalid") || await isAlias(context, ref);
}
async function isAlias(context, ref) {
  const text = await readFile2(path3.join(context.commonDir, ref), "utf8").catch(() => "");
  return text.startsWith("ref:");
}
async function describeCheckout(context, checkout, gitDir) {
  const because = await findUnfinished(gitDir) ?? await findChanges(context, checkout, gitDir) ?? "";
  return { path: checkout, isClean: because === "", because };
}
async function gitDirOf(context, checkout) {
  return await findAdminDir(context, checkout) ?? context.commonDir;
}
async function rebasedBranch(gitDir) {
  for (const folder of ["rebase-merge", "rebase-apply"]) {
    const name = await readFile2(path3.join(gitDir, folder, "head-name"), "utf8").catch(() => null);
    if (name !== null) return name.trim().replace(/^refs\/heads\//, "");
  }
  return null;
}
async function findUnfinished(gitDir) {
  for (const [name, what] of UNFINISHED)
    if (await isThere(path3.join(gitDir, name))) return `${what} has not ended there`;
  return null;
}
async function findChanges(context, checkout, gitDir) {
  const exit = await runInCheckout(context, checkout, gitDir, [
    "status",
    "--porcelain",
    "-z",
    "--untracked-files=normal",
    // What is inside of a submodule is not touched by moving this branch.
    "--ignore-submodules=dirty"
  ]);
  if (exit.exitCode !== 0) throw failureOf(`reading the state of '${quoteForPerson(checkout)}'`, exit);
  const changed = splitNul(exit.stdout);
  const first = changed[0];
  if (first === void 0) return null;
  const name = quoteForPerson(decodePath(first.subarray(3)), 200);
  return changed.length === 1 ? `'${name}' is changed` : `'${name}' and others are changed`;
}
async function findObstacle(context, checkout, gitDir, from, to2) {
  const unfinished = await findUnfinished(gitDir);
  if (unfinished !== null) return unfinished;
  const run = (args) => runInCheckout(context, checkout, gitDir, args);
  await run(["update-index", "-q", "--refresh"]);
  for (const [args, what] of [
    [["diff-index", "--cached", "--quiet", "--ignore-submodules=dirty", from], "something is staged there"],
    [["diff-files", "--quiet", "--ignore-submodules=dirty"], "a file there is changed"]
  ]) {
    const exit = await run(args);
    if (exit.exitCode === 1) return what;
    if (exit.exitCode !== 0) throw failureOf(`reading the state of '${quoteForPerson(checkout)}'`, exit);
  }
  return findOverwritten(context, checkout, gitDir, from, to2);
}
async function findOverwritten(context, checkout, gitDir, from, to2) {
  const changes = await diffTrees(context, await treeOfCommit(context, from), await treeOfCommit(context, to2));
  const removed = new Set(changes.filter((change) => change.status === "deleted").map((change) => change.path));
  for (const change of changes.filter((candidate) => candidate.status === "added")) {
    const parts = change.path.split("/");
    for (let length = 1; length <= parts.length; length += 1) {
      const at2 = parts.slice(0, length).join("/");
      const found = await lstat2(inCheckout(checkout, at2)).catch(() => null);
      if (found === null) break;
      const isWhole = length === parts.length;
      if (!isWhole && found.isDirectory()) continue;
      if (removed.has(at2)) break;
      const stray = found.isDirectory() ? await findStray(context, checkout, gitDir, at2) : at2;
      if (stray !== null) return `the untracked file '${quoteForPerson(stray, 200)}' would be overwritten`;
    }
  }
  return null;
}
async function findStray(context, checkout, gitDir, folder) {
  const tracked = await runInCheckout(context, checkout, gitDir, [
    "--literal-pathspecs",
    "ls-files",
    "-z",
    "--",
    folder
  ]);
  const known = new Set(splitNul(tracked.stdout).map(decodePath));
  const pending = [folder];
  for (let at2 = pending.pop(); at2 !== void 0; at2 = pending.pop()) {
    for (const entry of await readdir2(inCheckout(checkout, at2), { withFileTypes: true, encoding: "buffer" })) {
      const name = `${at2}/${decodePath(entry.name)}`;
      if (entry.isDirectory()) pending.push(name);
      else if (!known.has(name)) return name;
    }
  }
  return null;
}
function inCheckout(checkout, at2) {
  return Buffer.concat([Buffer.from(`${checkout}/`), encodePath(at2)]);
}
async function checkRefresh(context, checkout, from, to2) {
  const because = await findObstacle(context, checkout, await gitDirOf(context, checkout), from, to2);
  return { refreshable: because === null, because: because ?? "" };
}
async function refreshCheckout(context, checkout, from, to2) {
  const gitDir = await gitDirOf(context, checkout);
  const obstacle = await findObstacle(context, checkout, gitDir, from, to2);
  if (obstacle !== null) return { refreshed: false, because: obstacle };
  const exit = await runInCheckout(context, checkout, gitDir, [
    "read-tree",
    "-m",
    "-u",
    "--no-recurse-submodules",
    from,
    to2
  ]);
  if (exit.exitCode === 0) return { refreshed: true, because: "" };
  return { refreshed: false, because: quoteForPerson(exit.stderr) || `git ended with code ${exit.exitCode}` };
}
async function runInCheckout(context, checkout, gitDir, args) {
  return runGit({
    args,
    env: { ...context.repositoryEnv("user"), GIT_DIR: gitDir, GIT_WORK_TREE: checkout },
    cwd: checkout
  });
}
async function isThere(file) {
  return lstat2(file).then(
    () => true,
    () => false
  );
}

// src/adapters/git/env.ts
var ALWAYS = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.untrackedCache", "keep"],
  ["core.protectHFS", "true"],
  ["core.protectNTFS", "true"],
  // Another process may hold a branch for a moment: wait for its lock (ms) before giving up.
  ["core.filesRefLockTimeout", "1500"],
  ["core.packedRefsTimeout", "1500"],
  ["protocol.allow", "never"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["submodule.recurse", "false"],
  ["advice.detachedHead", "false"],
  ["advice.addEmbeddedRepo", "false"],
  // Hooks that newer git reads from the configuration instead of a folder.
  ["hook.post-checkout.enabled", "false"],
  ["hook.post-index-change.enabled", "false"],
  ["hook.reference-transaction.enabled", "false"]
];
var TRUST = [["safe.directory", "*"]];
var WITHOUT_USER = [
  ["core.attributesFile", "/dev/null"],
  ["core.excludesFile", "/dev/null"],
  ["core.symlinks", "true"],
  ["core.autocrlf", "false"],
  ["commit.gpgSign", "false"]
];
var FIXED = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "true",
  SSH_ASKPASS: "true",
  GIT_EDITOR: "true",
  GIT_PAGER: "cat",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_NO_LAZY_FETCH: "1",
  GIT_OPTIONAL_LOCKS: "0",
  // Reflog entries want a name; without one git asks the network for the name of the host.
  GIT_COMMITTER_NAME: "Espalier",
  GIT_COMMITTER_EMAIL: "espalier@localhost"
};
var WITHOUT_USER_FIXED = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1"
};
var PLAIN_NAMES = ["PATH", "HOME", "TMPDIR"];
function composeGitEnv(options) {
  const isolated = options.scope === "none";
  const env = {};
  for (const [name, value] of Object.entries(options.caller)) {
    if (value === void 0 || name.startsWith("GIT_")) continue;
    if (!isolated || PLAIN_NAMES.includes(name)) env[name] = value;
  }
  Object.assign(env, FIXED, isolated ? WITHOUT_USER_FIXED : {});
  const settings = [
    ...ALWAYS,
    ...options.trustsOwner === false ? [] : TRUST,
    ...isolated ? WITHOUT_USER : [],
    ...options.settings ?? []
  ];
  Object.assign(env, asConfigVariables(settings));
  return Object.assign(env, options.variables);
}
function asConfigVariables(settings) {
  const variables = { GIT_CONFIG_COUNT: String(settings.length) };
  settings.forEach(([key, value], position) => {
    variables[`GIT_CONFIG_KEY_${position}`] = key;
    variables[`GIT_CONFIG_VALUE_${position}`] = value;
  });
  return variables;
}
var SANDBOX_GIT_ENV = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  ...asConfigVariables([
    ["safe.directory", "*"],
    ["core.attributesFile", "/dev/null"],
    ["core.excludesFile", "/dev/null"],
    ["core.fsmonitor", "false"],
    ["gc.auto", "0"],
    ["maintenance.auto", "false"]
  ])
};

// src/adapters/git/git-context.ts
import { readFile as readFile3 } from "node:fs/promises";
import path5 from "node:path";

// node_modules/@simple-git/args-pathspec/dist/index.mjs
var t = /* @__PURE__ */ new WeakMap();
function c(...n) {
  const e = new String(n);
  return t.set(e, n), e;
}
function r(n) {
  return n instanceof String && t.has(n);
}
function o(n) {
  return t.get(n) ?? [];
}

// node_modules/simple-git/dist/index.mjs
var import_file_exists = __toESM(require_dist(), 1);
var import_debug = __toESM(require_src(), 1);
var import_promise_deferred = __toESM(require_dist2(), 1);
import { spawn as ve } from "node:child_process";
import { normalize as Se } from "node:path";

// node_modules/@simple-git/argv-parser/dist/index.mjs
function* x(e, n) {
  const t2 = n === "global";
  for (const o2 of e)
    o2.isGlobal === t2 && (yield o2);
}
var P = /* @__PURE__ */ new Set([
  "--add",
  "--edit",
  "--remove-section",
  "--rename-section",
  "--replace-all",
  "--unset",
  "--unset-all",
  "-e"
]);
var S = /* @__PURE__ */ new Set([
  "--get",
  "--get-all",
  "--get-color",
  "--get-colorbool",
  "--get-regexp",
  "--get-urlmatch",
  "--list",
  "-l"
]);
var E = /* @__PURE__ */ new Set([
  "edit",
  "remove-section",
  "rename-section",
  "set",
  "unset"
]);
var F = /* @__PURE__ */ new Set(["get", "get-color", "get-colorbool", "list"]);
function A(e, n) {
  for (const { name: o2 } of x(e, "task")) {
    if (P.has(o2))
      return w(true, n);
    if (S.has(o2))
      return w(false, n);
  }
  const t2 = n.at(0)?.toLowerCase();
  return t2 === void 0 ? null : E.has(t2) ? w(true, n.slice(1)) : F.has(t2) ? w(false, n.slice(1)) : n.length === 1 ? w(false, n) : w(true, n);
}
function w(e = false, n = []) {
  const t2 = n.at(0)?.toLowerCase();
  return t2 === void 0 ? null : {
    isWrite: e,
    isRead: !e,
    key: t2,
    value: n.at(1)
  };
}
function O(e, n) {
  return n.isWrite && n.value !== void 0 ? { key: n.key, value: n.value, scope: e } : { key: n.key, scope: e };
}
function G(e) {
  const n = e?.indexOf("=") || -1;
  return !e || n < 0 ? null : {
    key: e.slice(0, n).trim().toLowerCase(),
    value: e.slice(n + 1)
  };
}
function M(e) {
  for (const { name: n } of x(e, "task"))
    switch (n) {
      case "--global":
        return "global";
      case "--system":
        return "system";
      case "--worktree":
        return "worktree";
      case "--local":
        return "local";
      case "--file":
      case "-f":
        return "file";
    }
  return "local";
}
function N({ name: e }) {
  if (e === "-c" || e === "--config")
    return "inline";
  if (e === "--config-env")
    return "env";
}
function* $(e) {
  for (const n of e) {
    const t2 = N(n), o2 = t2 && G(n.value);
    o2 && (yield {
      ...o2,
      scope: t2
    });
  }
}
function D(e, n, t2) {
  const o2 = {
    read: [],
    write: [...$(n)]
  };
  return e === "config" && L(
    o2,
    M(n),
    A(n, t2)
  ), o2;
}
function L(e, n, t2) {
  if (t2 === null)
    return;
  const o2 = O(n, t2);
  t2.isWrite ? e.write.push(o2) : e.read.push(o2);
}
var C = {
  short: /* @__PURE__ */ new Map([
    ["c", true]
    //  -c <k=v>    set config key for this invocation
  ])
};
var I = {
  short: new Map([
    ["C", true],
    //  -C <path>   change working directory
    ["P", false],
    // -P          no pager (alias for --no-pager)
    ["h", false],
    // -h          help
    ["p", false],
    // -p          paginate
    ["v", false],
    // -v          version
    ...C.short.entries()
  ]),
  long: /* @__PURE__ */ new Set([
    "attr-source",
    "config-env",
    "exec-path",
    "git-dir",
    "list-cmds",
    "namespace",
    "super-prefix",
    "work-tree"
  ])
};
var R = {
  clone: {
    short: /* @__PURE__ */ new Map([
      ["b", true],
      // -b <branch>
      ["j", true],
      // -j <n>          parallel jobs
      ["l", false],
      // -l local
      ["n", false],
      // -n no-checkout
      ["o", true],
      // -o <name>       remote name
      ["q", false],
      // -q quiet
      ["s", false],
      // -s shared
      ["u", true]
      // -u <upload-pack>
    ]),
    long: /* @__PURE__ */ new Set(["branch", "config", "jobs", "origin", "upload-pack", "u", "template"])
  },
  commit: {
    short: /* @__PURE__ */ new Map([
      ["C", true],
      // -C <commit>  reuse message
      ["F", true],
      // -F <file>    read message from file
      ["c", true],
      // -c <commit>  reedit message
      ["m", true],
      // -m <msg>
      ["t", true]
      // -t <template>
    ]),
    long: /* @__PURE__ */ new Set(["file", "message", "reedit-message", "reuse-message", "template"])
  },
  config: {
    short: /* @__PURE__ */ new Map([
      ["e", false],
      // -e  open editor
      ["f", true],
      //  -f <file>
      ["l", false]
      // -l  list
    ]),
    long: /* @__PURE__ */ new Set(["blob", "comment", "default", "file", "type", "value"])
  },
  fetch: {
    short: /* @__PURE__ */ new Map(),
    long: /* @__PURE__ */ new Set(["upload-pack"])
  },
  init: {
    short: /* @__PURE__ */ new Map(),
    long: /* @__PURE__ */ new Set(["template"])
  },
  pull: {
    short: /* @__PURE__ */ new Map(),
    long: /* @__PURE__ */ new Set(["upload-pack"])
  },
  push: {
    short: /* @__PURE__ */ new Map(),
    long: /* @__PURE__ */ new Set(["exec", "receive-pack"])
  },
  rebase: {
    short: /* @__PURE__ */ new Map([
      ["X", true],
      // -X <option>   strategy option
      ["f", false],
      // -f force-rebase
      ["i", false],
      // -i interactive
      ["k", false],
      // -k keep-base
      ["m", false],
      // -m merge
      ["n", false],
      // -n no-stat
      ["q", false],
      // -q quiet
      ["r", false],
      // -r rebase-merges
      ["s", true],
      // -s <strategy>
      ["v", false],
      // -v verbose
      ["x", true]
      // -x <cmd>      exec
    ]),
    long: /* @__PURE__ */ new Set(["exec", "onto", "strategy", "strategy-option"])
  }
};
var T = { short: /* @__PURE__ */ new Map(), long: /* @__PURE__ */ new Set() };
function B(e) {
  const n = R[e ?? ""] ?? T;
  return {
    short: new Map([...C.short.entries(), ...n.short.entries()]),
    long: n.long
  };
}
function b(e, n = I) {
  if (e.startsWith("--")) {
    const t2 = e.indexOf("=");
    if (t2 > 2)
      return [{ name: e.slice(0, t2), value: e.slice(t2 + 1), needsNext: false }];
    const o2 = e.slice(2);
    return [{ name: e, needsNext: n.long.has(o2) }];
  }
  if (e.length === 2) {
    const t2 = e.charAt(1), o2 = n.short.get(t2);
    return [{ name: e, needsNext: o2 === true }];
  }
  return j(e, n.short);
}
function j(e, n) {
  const t2 = e.slice(1).split(""), o2 = [];
  for (let a = 0; a < t2.length; a++) {
    const s = t2[a], r2 = n.get(s);
    if (r2 === void 0)
      return [{ name: e, needsNext: false }];
    if (r2) {
      const i = t2.slice(a + 1).join("");
      if (i && ![...i].every((m2) => n.has(m2)))
        return o2.push({ name: `-${s}`, value: i, needsNext: false }), o2;
    }
    o2.push({ name: `-${s}`, needsNext: r2 });
  }
  return o2;
}
function W(e, n = []) {
  let t2 = 0;
  for (; t2 < e.length; ) {
    const o2 = String(e[t2]);
    if (!o2.startsWith("-") || o2.length < 2) break;
    const a = b(o2);
    let s = t2 + 1;
    for (const r2 of a) {
      const i = {
        name: r2.name,
        value: r2.value,
        absorbedNext: false,
        isGlobal: true
      };
      r2.needsNext && i.value === void 0 && s < e.length && (i.value = String(e[s]), i.absorbedNext = true, s++), n.push(i);
    }
    t2 = s;
  }
  return { flags: n, taskIndex: t2 };
}
function V(e, n, t2 = []) {
  const o2 = B(n), a = [], s = [];
  let r2 = 0;
  for (; r2 < e.length; ) {
    const i = e[r2];
    if (r(i)) {
      s.push(...o(i)), r2++;
      continue;
    }
    const p2 = String(i);
    if (p2 === "--") {
      for (let d2 = r2 + 1; d2 < e.length; d2++) {
        const g2 = e[d2];
        r(g2) ? s.push(...o(g2)) : s.push(String(g2));
      }
      break;
    }
    if (!p2.startsWith("-") || p2.length < 2) {
      a.push(p2), r2++;
      continue;
    }
    const m2 = b(p2, o2);
    let u2 = r2 + 1;
    for (const d2 of m2) {
      const g2 = {
        name: d2.name,
        value: d2.value,
        absorbedNext: false,
        isGlobal: false
      };
      d2.needsNext && g2.value === void 0 && u2 < e.length && !r(e[u2]) && (g2.value = String(e[u2]), g2.absorbedNext = true, u2++), t2.push(g2);
    }
    r2 = u2;
  }
  return { flags: t2, positionals: a, pathspecs: s };
}
function* q({
  write: e
}) {
  for (const n of e)
    for (const t2 of K) {
      const o2 = t2(n.key);
      o2 && (yield o2);
    }
}
function f(e, n, t2 = String(e)) {
  const o2 = typeof e == "string" ? new RegExp(`\\s*${e.toLowerCase()}`) : e;
  return function(s) {
    if (o2.test(s))
      return {
        category: n,
        message: `Configuring ${t2} is not permitted without enabling ${n}`
      };
  };
}
function l(e, n) {
  const t2 = new RegExp(`\\s*${e.toLowerCase().replace(/\./g, "(..+)?.")}`);
  return f(t2, n, e);
}
var K = [
  f("alias", "allowUnsafeAlias"),
  f("core.askPass", "allowUnsafeAskPass"),
  f("core.editor", "allowUnsafeEditor"),
  f("core.fsmonitor", "allowUnsafeFsMonitor"),
  f("core.gitProxy", "allowUnsafeGitProxy"),
  f("core.hooksPath", "allowUnsafeHooksPath"),
  f("core.pager", "allowUnsafePager"),
  f("core.sshCommand", "allowUnsafeSshCommand"),
  l("credential.helper", "allowUnsafeCredentialHelper"),
  l("diff.command", "allowUnsafeDiffExternal"),
  f("diff.external", "allowUnsafeDiffExternal"),
  l("difftool.cmd", "allowUnsafeDiffExternal"),
  l("diff.textconv", "allowUnsafeDiffTextConv"),
  l("filter.clean", "allowUnsafeFilter"),
  l("filter.process", "allowUnsafeFilter"),
  l("filter.smudge", "allowUnsafeFilter"),
  l("gpg.program", "allowUnsafeGpgProgram"),
  f("include.path", "allowUnsafeInclude"),
  l("includeIf", "allowUnsafeInclude"),
  f("init.templateDir", "allowUnsafeTemplateDir"),
  l("pager.", "allowUnsafePager"),
  l("merge.driver", "allowUnsafeMergeDriver"),
  l("mergetool.path", "allowUnsafeMergeDriver"),
  l("mergetool.cmd", "allowUnsafeMergeDriver"),
  l("protocol.allow", "allowUnsafeProtocolOverride"),
  l("remote.receivepack", "allowUnsafePack"),
  l("remote.uploadpack", "allowUnsafePack"),
  f("uploadpack.packObjectsHook", "allowUnsafePack"),
  f("sequence.editor", "allowUnsafeEditor"),
  l("submodule.update", "allowUnsafeSubmodule"),
  l("tar.command", "allowUnsafeCommandBinaries"),
  l("trailer.cmd", "allowUnsafeCommandBinaries"),
  l("trailer.command", "allowUnsafeCommandBinaries"),
  l("url.insteadOf", "allowUnsafeUrlRewrite")
];
function* H(e, n) {
  for (const t2 of n)
    for (const o2 of X) {
      const a = o2(e, t2);
      a && (yield a);
    }
}
function c2(e, n, t2, { name: o2 = String(n), globalOnly: a = false, withValue: s = false } = {}) {
  const r2 = typeof n == "string" ? new RegExp(`\\s*${n.toLowerCase()}`) : n, i = `Use of ${e ? `${e} with option ` : ""}${o2} is not permitted without enabling ${t2}`;
  return function(m2, u2) {
    if (!(e && m2 !== e) && !(a && !u2.isGlobal) && !(s && u2.value === void 0) && r2.test(u2.name))
      return {
        category: t2,
        message: i
      };
  };
}
var h = { globalOnly: true, withValue: true };
var X = [
  c2(null, /--(upload|receive)-pack/, "allowUnsafePack", {
    name: "--upload-pack or --receive-pack"
  }),
  c2("clone", /^-\w*u/, "allowUnsafePack"),
  c2("clone", "--u", "allowUnsafePack"),
  c2("push", /^--exec$/, "allowUnsafePack", { name: "--exec" }),
  // `git` accepts unambiguous abbreviations of long options, so `--ex` and `--exe` are `--exec`
  c2("rebase", /^(-x|--ex(ec?)?)$/, "allowUnsafeExec", { name: "-x or --exec" }),
  c2(null, "--template", "allowUnsafeTemplateDir"),
  c2(null, "--exec-path", "allowUnsafeExec", h),
  // `git` reads the configuration of whichever repository these name, so the
  // directory alone is enough to deliver config the argv guards never see
  c2(null, "--git-dir", "allowUnsafeConfigPaths", h),
  c2(null, "--work-tree", "allowUnsafeConfigPaths", h),
  c2(null, /^-C$/, "allowUnsafeConfigPaths", { ...h, name: "-C" })
];
function k(e, n, t2) {
  return [...H(e, n), ...q(t2)];
}
function Y(...e) {
  const { flags: n, taskIndex: t2 } = W(e), o2 = t2 < e.length ? String(e[t2]).toLowerCase() : null, a = o2 !== null ? e.slice(t2 + 1) : [], { positionals: s, pathspecs: r2 } = V(a, o2, n), i = D(o2, n, s);
  return {
    task: o2,
    flags: n.map(J),
    paths: r2,
    config: i,
    vulnerabilities: z(k(o2, n, i))
  };
}
function z(e) {
  return Object.defineProperty(e, "vulnerabilities", {
    value: e
  });
}
function J({ value: e, name: n }) {
  return e !== void 0 ? { name: n, value: e } : { name: n };
}
var y = {
  editor: "allowUnsafeEditor",
  git_askpass: "allowUnsafeAskPass",
  git_config_global: "allowUnsafeConfigPaths",
  git_config_system: "allowUnsafeConfigPaths",
  git_config_count: "allowUnsafeConfigEnvCount",
  git_config_parameters: "allowUnsafeConfigEnvCount",
  git_config: "allowUnsafeConfigPaths",
  git_editor: "allowUnsafeEditor",
  git_exec_path: "allowUnsafeExec",
  git_external_diff: "allowUnsafeDiffExternal",
  git_pager: "allowUnsafePager",
  git_proxy_command: "allowUnsafeGitProxy",
  git_template_dir: "allowUnsafeTemplateDir",
  git_sequence_editor: "allowUnsafeEditor",
  git_ssh: "allowUnsafeSshCommand",
  git_ssh_command: "allowUnsafeSshCommand",
  pager: "allowUnsafePager",
  prefix: "allowUnsafeConfigPaths",
  ssh_askpass: "allowUnsafeAskPass",
  visual: "allowUnsafeEditor"
};
function* Q(e) {
  const n = parseInt(e.git_config_count ?? "0", 10);
  for (let t2 = 0; t2 < n; t2++) {
    const o2 = e[`git_config_key_${t2}`], a = e[`git_config_value_${t2}`];
    o2 !== void 0 && (yield { key: o2.toLowerCase().trim(), value: a, scope: "env" });
  }
}
function* Z(e) {
  for (const n of Object.keys(e))
    if (_(n)) {
      const t2 = y[n];
      yield {
        category: t2,
        message: `Use of "${n.toUpperCase()}" is not permitted without enabling ${t2}`
      };
    }
}
function _(e) {
  return Object.hasOwn(y, e);
}
function ee(e) {
  const n = {};
  for (const [t2, o2] of Object.entries(e)) {
    const a = t2.toLowerCase().trim();
    (_(a) || a.startsWith("git")) && (n[a] = String(o2));
  }
  return n;
}
function ne(e) {
  const n = ee(e), t2 = {
    read: [],
    write: [...Q(n)]
  }, o2 = [
    ...Z(n),
    ...k(null, [], t2)
  ];
  return {
    config: t2,
    vulnerabilities: o2
  };
}
function oe(e, n) {
  return [...Y(...e).vulnerabilities, ...ne(n).vulnerabilities];
}

// node_modules/simple-git/dist/index.mjs
import { EventEmitter as Ce } from "node:events";
var O2 = class extends Error {
  constructor(e, n) {
    super(n), this.task = e, Object.setPrototypeOf(this, new.target.prototype);
  }
};
var Ae = class extends O2 {
  constructor(e, n) {
    super(void 0, n), this.config = e;
  }
};
var A2 = class extends O2 {
  constructor(e, n, r2) {
    super(e, r2), this.task = e, this.plugin = n, Object.setPrototypeOf(this, new.target.prototype);
  }
};
var at = class extends O2 {
  constructor(e, n) {
    super(void 0, n || String(e)), this.git = e;
  }
};
var xe = class extends O2 {
  constructor(e) {
    super(void 0, e);
  }
};
var I2 = "\0";
var W2 = () => {
};
function Ne(t2) {
  return typeof t2 != "function" ? W2 : t2;
}
function $e(t2) {
  return typeof t2 == "function" && t2 !== W2;
}
function Pe(t2, e) {
  const n = t2.indexOf(e);
  return n <= 0 ? [t2, ""] : [t2.substr(0, n), t2.substr(n + 1)];
}
function Me(t2, e = 0) {
  return Dt(t2) && t2.length > e ? t2[e] : void 0;
}
function N2(t2, e = 0) {
  if (Dt(t2) && t2.length > e)
    return t2[t2.length - 1 - e];
}
function Dt(t2) {
  return Bt(t2);
}
function H2(t2 = "", e = true, n = `
`) {
  return t2.split(n).reduce((r2, s) => {
    const o2 = e ? s.trim() : s;
    return o2 && r2.push(o2), r2;
  }, []);
}
function ut(t2, e) {
  return H2(t2, true).map((n) => e(n));
}
function Lt(t2) {
  return (0, import_file_exists.exists)(t2, import_file_exists.FOLDER);
}
function S2(t2, e) {
  return Array.isArray(t2) ? t2.includes(e) || t2.push(e) : t2.add(e), e;
}
function De(t2, e) {
  return Array.isArray(t2) && !t2.includes(e) && t2.push(e), t2;
}
function ct(t2, e) {
  if (Array.isArray(t2)) {
    const n = t2.indexOf(e);
    n >= 0 && t2.splice(n, 1);
  } else
    t2.delete(e);
  return e;
}
var ft = Object.prototype.toString.call.bind(Object.prototype.toString);
function v(t2) {
  return Array.isArray(t2) ? t2 : [t2];
}
function jt(t2) {
  return t2.replace(/[\s-]+(.)/g, (e, n) => n.toUpperCase());
}
function L2(t2) {
  return v(t2).map((e) => e instanceof String ? e : String(e));
}
function p(t2, e = 0) {
  if (t2 == null)
    return e;
  const n = parseInt(t2, 10);
  return Number.isNaN(n) ? e : n;
}
function U(t2, e) {
  const n = [];
  for (let r2 = 0, s = t2.length; r2 < s; r2++)
    n.push(e, t2[r2]);
  return n;
}
function F2(t2) {
  return (Array.isArray(t2) ? Buffer.concat(t2) : t2).toString("utf-8");
}
function Le(t2) {
  return t2 ? Buffer.isBuffer(t2) ? t2.length : Buffer.byteLength(t2) : 0;
}
function je(t2, e) {
  const n = {};
  return e.forEach((r2) => {
    t2[r2] !== void 0 && (n[r2] = t2[r2]);
  }), n;
}
function wt(t2 = 0) {
  return new Promise((e) => setTimeout(e, t2));
}
function bt(t2) {
  if (t2 !== false)
    return t2;
}
function d(t2, e, n) {
  return e(t2) ? t2 : arguments.length > 2 ? n : void 0;
}
var K2 = (t2) => Array.isArray(t2);
function st(t2, e) {
  const n = r(t2) ? "string" : typeof t2;
  return /number|string|boolean/.test(n) && (!e || !e.includes(n));
}
var m = (t2) => typeof t2 == "string" || r(t2);
var Be = (t2) => m(t2) || Buffer.isBuffer(t2);
var G2 = (t2) => m(t2) || Array.isArray(t2) && t2.every(m);
function lt(t2) {
  return !!t2 && ft(t2) === "[object Object]";
}
function Ie(t2) {
  return typeof t2 == "function";
}
var Bt = (t2) => t2 == null || "number|boolean|function".includes(typeof t2) ? false : typeof t2.length == "number";
var V2 = /* @__PURE__ */ ((t2) => (t2[t2.SUCCESS = 0] = "SUCCESS", t2[t2.ERROR = 1] = "ERROR", t2[t2.NOT_FOUND = -2] = "NOT_FOUND", t2[t2.UNCLEAN = 128] = "UNCLEAN", t2))(V2 || {});
var z2 = class _z {
  constructor(e, n) {
    this.stdOut = e, this.stdErr = n;
  }
  asStrings() {
    return new _z(this.stdOut.toString("utf8"), this.stdErr.toString("utf8"));
  }
};
function Ue() {
  throw new Error("LineParser:useMatches not implemented");
}
var l2 = class {
  constructor(e, n) {
    this.matches = [], this.useMatches = Ue, this.parse = (r2, s) => (this.resetMatches(), this._regExp.every((o2, i) => this.addMatch(o2, i, r2(i))) ? this.useMatches(s, this.prepareMatches()) !== false : false), this._regExp = Array.isArray(e) ? e : [e], n && (this.useMatches = n);
  }
  resetMatches() {
    this.matches.length = 0;
  }
  prepareMatches() {
    return this.matches;
  }
  addMatch(e, n, r2) {
    const s = r2 && e.exec(r2);
    return s && this.pushMatch(n, s), !!s;
  }
  pushMatch(e, n) {
    this.matches.push(...n.slice(1));
  }
};
var x2 = class extends l2 {
  addMatch(e, n, r2) {
    return /^remote:\s/.test(String(r2)) && super.addMatch(e, n, r2);
  }
  pushMatch(e, n) {
    (e > 0 || n.length > 1) && super.pushMatch(e, n);
  }
};
var Fe = {
  binary: "git",
  maxConcurrentProcesses: 5,
  config: [],
  trimmed: false
};
function Ge(...t2) {
  const e = process.cwd(), n = Object.assign(
    { baseDir: e, ...Fe },
    ...t2.filter((r2) => typeof r2 == "object" && r2)
  );
  return n.baseDir = n.baseDir || e, n.trimmed = n.trimmed === true, n;
}
function It(t2, e = []) {
  return lt(t2) ? Object.keys(t2).reduce((n, r2) => {
    const s = t2[r2];
    if (r(s))
      n.push(s);
    else if (st(s, ["boolean"]))
      n.push(r2 + "=" + s);
    else if (Array.isArray(s))
      for (const o2 of s)
        st(o2, ["string", "number"]) || n.push(r2 + "=" + o2);
    else
      n.push(r2);
    return n;
  }, e) : e;
}
function h2(t2, e = 0, n = false) {
  const r2 = [];
  for (let s = 0, o2 = e < 0 ? t2.length : e; s < o2; s++)
    "string|number".includes(typeof t2[s]) && r2.push(String(t2[s]));
  return It(ht(t2), r2), n || r2.push(...ze(t2)), r2;
}
function ze(t2) {
  const e = typeof N2(t2) == "function";
  return L2(d(N2(t2, e ? 1 : 0), K2, []));
}
function ht(t2) {
  const e = Ie(N2(t2));
  return d(N2(t2, e ? 1 : 0), lt);
}
function u(t2, e = true) {
  const n = Ne(N2(t2));
  return e || $e(n) ? n : void 0;
}
function Tt(t2, e) {
  return t2(e.stdOut, e.stdErr);
}
function E2(t2, e, n, r2 = true) {
  return v(n).forEach((s) => {
    for (let o2 = H2(s, r2), i = 0, a = o2.length; i < a; i++) {
      const c3 = (y2 = 0) => {
        if (!(i + y2 >= a))
          return o2[i + y2];
      };
      e.some(({ parse: y2 }) => y2(c3, t2));
    }
  }), t2;
}
var mt = ({ exitCode: t2 }, e, n, r2) => {
  if (t2 === V2.UNCLEAN && Ve(e))
    return n(Buffer.from("false"));
  r2(e);
};
var Ut = (t2) => t2.trim() === "true";
function We(t2) {
  switch (t2) {
    case "bare":
      return Ke();
    case "root":
      return He();
  }
  return {
    commands: ["rev-parse", "--is-inside-work-tree"],
    format: "utf-8",
    onError: mt,
    parser: Ut
  };
}
function He() {
  return {
    commands: ["rev-parse", "--git-dir"],
    format: "utf-8",
    onError: mt,
    parser(e) {
      return /^\.(git)?$/.test(e.trim());
    }
  };
}
function Ke() {
  return {
    commands: ["rev-parse", "--is-bare-repository"],
    format: "utf-8",
    onError: mt,
    parser: Ut
  };
}
function Ve(t2) {
  return /(Not a git repository|Kein Git-Repository)/i.test(String(t2));
}
var Xe = class {
  constructor(e) {
    this.paths = [], this.files = [], this.folders = [], this.dryRun = e;
  }
};
var Ye = /^[a-z]+\s*/i;
var Qe = /^[a-z]+\s+[a-z]+\s*/i;
var Je = /\/$/;
function Ze(t2, e) {
  const n = new Xe(t2), r2 = t2 ? Qe : Ye;
  return H2(e).forEach((s) => {
    const o2 = s.replace(r2, "");
    n.paths.push(o2), (Je.test(o2) ? n.folders : n.files).push(o2);
  }), n;
}
var Ft = [];
function tn(t2) {
  return {
    commands: Ft,
    format: "empty",
    parser: t2
  };
}
function b2(t2) {
  return {
    commands: Ft,
    format: "empty",
    parser() {
      throw typeof t2 == "string" ? new xe(t2) : t2;
    }
  };
}
function g(t2, e = false) {
  return {
    commands: t2,
    format: "utf-8",
    parser(n) {
      return e ? String(n).trim() : n;
    }
  };
}
function Gt(t2) {
  return {
    commands: t2,
    format: "buffer",
    parser(e) {
      return e;
    }
  };
}
function en(t2) {
  return t2.format === "buffer";
}
function kt(t2) {
  return t2.format === "empty" || !t2.commands.length;
}
var nn = "Git clean interactive mode is not supported";
var rn = 'Git clean mode parameter ("n" or "f") is required';
var sn = "Git clean unknown option found in: ";
var zt = /* @__PURE__ */ ((t2) => (t2.DRY_RUN = "n", t2.FORCE = "f", t2.IGNORED_INCLUDED = "x", t2.IGNORED_ONLY = "X", t2.EXCLUDING = "e", t2.QUIET = "q", t2.RECURSIVE = "d", t2))(zt || {});
var qt = /* @__PURE__ */ new Set([
  "i",
  ...L2(Object.values(zt))
]);
function on(t2, e) {
  const { cleanMode: n, options: r2, valid: s } = cn(t2);
  return n ? s.options ? (r2.push(...e), r2.some(hn) ? b2(nn) : an(n, r2)) : b2(sn + JSON.stringify(t2)) : b2(rn);
}
function an(t2, e) {
  return {
    commands: ["clean", `-${t2}`, ...e],
    format: "utf-8",
    parser(r2) {
      return Ze(t2 === "n", r2);
    }
  };
}
function un(t2) {
  return Array.isArray(t2) && t2.every((e) => qt.has(e));
}
function cn(t2) {
  let e, n = [], r2 = { cleanMode: false, options: true };
  return t2.replace(/[^a-z]i/g, "").split("").forEach((s) => {
    fn(s) ? (e = s, r2.cleanMode = true) : r2.options = r2.options && ln(n[n.length] = `-${s}`);
  }), {
    cleanMode: e,
    options: n,
    valid: r2
  };
}
function fn(t2) {
  return t2 === "f" || t2 === "n";
}
function ln(t2) {
  return /^-[a-z]$/i.test(t2) && qt.has(t2.charAt(1));
}
function hn(t2) {
  return /^-[^\-]/.test(t2) ? t2.indexOf("i") > 0 : t2 === "--interactive";
}
var mn = class {
  constructor() {
    this.files = [], this.values = /* @__PURE__ */ Object.create(null);
  }
  get all() {
    return this._all || (this._all = this.files.reduce((e, n) => Object.assign(e, this.values[n]), {})), this._all;
  }
  addFile(e) {
    if (!(e in this.values)) {
      const n = N2(this.files);
      this.values[e] = n ? Object.create(this.values[n]) : {}, this.files.push(e);
    }
    return this.values[e];
  }
  addValue(e, n, r2) {
    const s = this.addFile(e);
    Object.hasOwn(s, n) ? Array.isArray(s[n]) ? s[n].push(r2) : s[n] = [s[n], r2] : s[n] = r2, this._all = void 0;
  }
};
function pn(t2) {
  const e = new mn();
  for (const n of Wt(t2))
    e.addValue(n.file, String(n.key), n.value);
  return e;
}
function dn(t2, e) {
  let n = null;
  const r2 = [], s = /* @__PURE__ */ new Map();
  for (const o2 of Wt(t2, e))
    o2.key === e && (r2.push(n = o2.value), s.has(o2.file) || s.set(o2.file, []), s.get(o2.file).push(n));
  return {
    key: e,
    paths: Array.from(s.keys()),
    scopes: s,
    value: n,
    values: r2
  };
}
function gn(t2) {
  return t2.replace(/^(file):/, "");
}
function* Wt(t2, e = null) {
  const n = t2.split("\0");
  for (let r2 = 0, s = n.length - 1; r2 < s; ) {
    const o2 = gn(n[r2++]);
    let i = n[r2++], a = e;
    if (i.includes(`
`)) {
      const c3 = Pe(i, `
`);
      a = c3[0], i = c3[1];
    }
    yield { file: o2, key: a, value: i };
  }
}
var Ht = /* @__PURE__ */ ((t2) => (t2.system = "system", t2.global = "global", t2.local = "local", t2.worktree = "worktree", t2))(Ht || {});
function Y2(t2, e) {
  return typeof t2 == "string" && Object.hasOwn(Ht, t2) ? t2 : e;
}
function yn(t2, e, n, r2) {
  const s = ["config", `--${r2}`];
  return n && s.push("--add"), s.push(t2, e), {
    commands: s,
    format: "utf-8",
    parser(o2) {
      return o2;
    }
  };
}
function wn(t2, e) {
  const n = ["config", "--null", "--show-origin", "--get-all", t2];
  return e && n.splice(1, 0, `--${e}`), {
    commands: n,
    format: "utf-8",
    parser(r2) {
      return dn(r2, t2);
    }
  };
}
function bn(t2) {
  const e = ["config", "--list", "--show-origin", "--null"];
  return t2 && e.push(`--${t2}`), {
    commands: e,
    format: "utf-8",
    parser(n) {
      return pn(n);
    }
  };
}
function Tn() {
  return {
    addConfig(t2, e, ...n) {
      return this._runTask(
        yn(
          t2,
          e,
          n[0] === true,
          Y2(
            n[1],
            "local"
            /* local */
          )
        ),
        u(arguments)
      );
    },
    getConfig(t2, e) {
      return this._runTask(
        wn(t2, Y2(e, void 0)),
        u(arguments)
      );
    },
    listConfig(...t2) {
      return this._runTask(
        bn(Y2(t2[0], void 0)),
        u(arguments)
      );
    }
  };
}
var Kt = /* @__PURE__ */ ((t2) => (t2.ADDED = "A", t2.COPIED = "C", t2.DELETED = "D", t2.MODIFIED = "M", t2.RENAMED = "R", t2.CHANGED = "T", t2.UNMERGED = "U", t2.UNKNOWN = "X", t2.BROKEN = "B", t2))(Kt || {});
var kn = new Set(Object.values(Kt));
function _n(t2) {
  return kn.has(t2);
}
var _t;
var vn = ["-h"];
var j2 = /* @__PURE__ */ Symbol("grepQuery");
var En = class {
  constructor() {
    this[_t] = [];
  }
  *[(_t = j2, Symbol.iterator)]() {
    for (const e of this[j2])
      yield e;
  }
  and(...e) {
    return e.length && this[j2].push("--and", "(", ...U(e, "-e"), ")"), this;
  }
  param(...e) {
    return this[j2].push(...U(e, "-e")), this;
  }
};
function Sn(...t2) {
  return new En().param(...t2);
}
function Rn(t2) {
  const e = /* @__PURE__ */ new Set(), n = {};
  return ut(t2, (r2) => {
    const [s, o2, i] = r2.split(I2);
    e.add(s), (n[s] = n[s] || []).push({
      line: p(o2),
      path: s,
      preview: i
    });
  }), {
    paths: e,
    results: n
  };
}
function On() {
  return {
    grep(t2) {
      const e = u(arguments), n = h2(arguments);
      for (const s of vn)
        if (n.includes(s))
          return this._runTask(
            b2(`git.grep: use of "${s}" is not supported.`),
            e
          );
      typeof t2 == "string" && (t2 = Sn().param(t2));
      const r2 = ["grep", "--null", "-n", "--full-name", ...n, ...t2];
      return this._runTask(
        {
          commands: r2,
          format: "utf-8",
          parser(s) {
            return Rn(s);
          }
        },
        e
      );
    }
  };
}
var Vt = /* @__PURE__ */ ((t2) => (t2.MIXED = "mixed", t2.SOFT = "soft", t2.HARD = "hard", t2.MERGE = "merge", t2.KEEP = "keep", t2))(Vt || {});
var Cn = L2(Object.values(Vt));
function An(t2, e) {
  const n = ["reset"];
  return Xt(t2) && n.push(`--${t2}`), n.push(...e), g(n);
}
function xn(t2) {
  if (Xt(t2))
    return t2;
  switch (typeof t2) {
    case "string":
    case "undefined":
      return "soft";
  }
}
function Xt(t2) {
  return typeof t2 == "string" && Cn.includes(t2);
}
import_debug.default.formatters.L = (t2) => String(Bt(t2) ? t2.length : "-");
import_debug.default.formatters.B = (t2) => Buffer.isBuffer(t2) ? t2.toString("utf8") : ft(t2);
function Nn() {
  return (0, import_debug.default)("simple-git");
}
function vt(t2, e, n) {
  return !e || !String(e).replace(/\s*/, "") ? n ? (r2, ...s) => {
    t2(r2, ...s), n(r2, ...s);
  } : t2 : (r2, ...s) => {
    t2(`%s ${r2}`, e, ...s), n && n(r2, ...s);
  };
}
function $n(t2, e, { namespace: n }) {
  if (typeof t2 == "string")
    return t2;
  const r2 = e && e.namespace || "";
  return r2.startsWith(n) ? r2.substr(n.length + 1) : r2 || n;
}
function $2(t2, e, n, r2 = Nn()) {
  const s = t2 && `[${t2}]` || "", o2 = [], i = typeof e == "string" ? r2.extend(e) : e, a = $n(d(e, m), i, r2);
  return y2(n);
  function c3(w2, T2) {
    return S2(
      o2,
      $2(t2, a.replace(/^[^:]+/, w2), T2, r2)
    );
  }
  function y2(w2) {
    const T2 = w2 && `[${w2}]` || "", k2 = i && vt(i, T2) || W2, C2 = vt(r2, `${s} ${T2}`, k2);
    return Object.assign(i ? k2 : C2, {
      label: t2,
      sibling: c3,
      info: C2,
      step: y2
    });
  }
}
var M2 = class M3 {
  constructor(e = "GitExecutor") {
    this.logLabel = e, this._queue = /* @__PURE__ */ new Map();
  }
  withProgress(e) {
    return this._queue.get(e);
  }
  createProgress(e) {
    const n = M3.getName(e.commands[0]), r2 = $2(this.logLabel, n);
    return {
      task: e,
      logger: r2,
      name: n
    };
  }
  push(e) {
    const n = this.createProgress(e);
    return n.logger("Adding task to the queue, commands = %o", e.commands), this._queue.set(e, n), n;
  }
  fatal(e) {
    for (const [n, { logger: r2 }] of Array.from(this._queue.entries()))
      n === e.task ? (r2.info("Failed %o", e), r2(
        "Fatal exception, any as-yet un-started tasks run through this executor will not be attempted"
      )) : r2.info(
        "A fatal exception occurred in a previous task, the queue has been purged: %o",
        e.message
      ), this.complete(n);
    if (this._queue.size !== 0)
      throw new Error(`Queue size should be zero after fatal: ${this._queue.size}`);
  }
  complete(e) {
    this.withProgress(e) && this._queue.delete(e);
  }
  attempt(e) {
    const n = this.withProgress(e);
    if (!n)
      throw new O2(void 0, "TasksPendingQueue: attempt called for an unknown task");
    return n.logger("Starting task"), n;
  }
  static getName(e = "empty") {
    return `task:${e}:${++M3.counter}`;
  }
};
M2.counter = 0;
var ot = M2;
var Pn = class {
  constructor(e, n, r2) {
    this._executor = e, this._scheduler = n, this._plugins = r2, this._chain = Promise.resolve(), this._queue = new ot();
  }
  get cwd() {
    return this._cwd || this._executor.cwd;
  }
  set cwd(e) {
    this._cwd = e;
  }
  get env() {
    return this._executor.env;
  }
  get outputHandler() {
    return this._executor.outputHandler;
  }
  chain() {
    return this;
  }
  push(e) {
    return this._queue.push(e), this._chain = this._chain.then(() => this.attemptTask(e));
  }
  async attemptTask(e) {
    const n = await this._scheduler.next(), r2 = () => this._queue.complete(e);
    try {
      const { logger: s } = this._queue.attempt(e);
      return await (kt(e) ? this.attemptEmptyTask(e, s) : this.attemptRemoteTask(e, s));
    } catch (s) {
      throw this.onFatalException(e, s);
    } finally {
      r2(), n();
    }
  }
  onFatalException(e, n) {
    const r2 = n instanceof O2 ? Object.assign(n, { task: e }) : new O2(e, n && String(n));
    return this._chain = Promise.resolve(), this._queue.fatal(r2), r2;
  }
  async attemptRemoteTask(e, n) {
    const r2 = this._plugins.exec("spawn.binary", "", this.taskContext(e, e.commands)), s = this._plugins.exec(
      "spawn.args",
      [...e.commands],
      this.taskContext(e, e.commands)
    ), o2 = await this.gitResponse(
      e,
      r2,
      s,
      this.outputHandler,
      n.step("SPAWN")
    ), i = await this.handleTaskData(e, s, o2, n.step("HANDLE"));
    return n("passing response to task's parser as a %s", e.format), en(e) ? Tt(e.parser, i) : Tt(e.parser, i.asStrings());
  }
  async attemptEmptyTask(e, n) {
    return n("empty task bypassing child process to call to task's parser"), e.parser(this);
  }
  handleTaskData(e, n, r2, s) {
    const { exitCode: o2, rejection: i, stdOut: a, stdErr: c3 } = r2;
    return new Promise((y2, w2) => {
      s("Preparing to handle process response exitCode=%d stdOut=", o2);
      const { error: T2 } = this._plugins.exec(
        "task.error",
        { error: i },
        {
          ...this.taskContext(e, n),
          ...r2
        }
      );
      if (T2 && e.onError)
        return s.info("exitCode=%s handling with custom error handler"), e.onError(
          r2,
          T2,
          (k2) => {
            s.info("custom error handler treated as success"), s("custom error returned a %s", ft(k2)), y2(
              new z2(
                Array.isArray(k2) ? Buffer.concat(k2) : k2,
                Buffer.concat(c3)
              )
            );
          },
          w2
        );
      if (T2)
        return s.info(
          "handling as error: exitCode=%s stdErr=%s rejection=%o",
          o2,
          c3.length,
          i
        ), w2(T2);
      s.info("retrieving task output complete"), y2(new z2(Buffer.concat(a), Buffer.concat(c3)));
    });
  }
  async gitResponse(e, n, r2, s, o2) {
    const i = o2.sibling("output"), a = this._plugins.exec(
      "spawn.options",
      {
        cwd: this.cwd,
        env: this.env,
        windowsHide: true
      },
      this.taskContext(e, e.commands)
    );
    return new Promise((c3) => {
      const y2 = [], w2 = [];
      o2.info("%s %o", n, r2), o2("%O", a);
      let T2 = this._beforeSpawn(e, r2);
      if (T2)
        return c3({
          stdOut: y2,
          stdErr: w2,
          exitCode: 9901,
          rejection: T2
        });
      this._plugins.exec("spawn.before", void 0, {
        ...this.taskContext(e, r2),
        kill(C2) {
          T2 = C2 || T2;
        }
      });
      const k2 = ve(n, r2, a);
      k2.stdout.on(
        "data",
        Et(y2, "stdOut", o2, i.step("stdOut"))
      ), k2.stderr.on(
        "data",
        Et(w2, "stdErr", o2, i.step("stdErr"))
      ), k2.on("error", Mn(w2, o2)), s && (o2("Passing child process stdOut/stdErr to custom outputHandler"), s(n, k2.stdout, k2.stderr, [...r2])), this._plugins.exec("spawn.after", void 0, {
        ...this.taskContext(e, r2),
        spawned: k2,
        close(C2, Te) {
          c3({
            stdOut: y2,
            stdErr: w2,
            exitCode: C2,
            rejection: T2 || Te
          });
        },
        kill(C2) {
          k2.killed || (T2 = C2, k2.kill("SIGINT"));
        }
      });
    });
  }
  _beforeSpawn(e, n) {
    let r2;
    return this._plugins.exec("spawn.before", void 0, {
      ...this.taskContext(e, n),
      kill(s) {
        r2 = s || r2;
      }
    }), r2;
  }
  taskContext(e, n) {
    return {
      method: String(Me(e.commands) || ""),
      commands: n,
      env: { ...this.env },
      input: kt(e) ? void 0 : e.input
    };
  }
};
function Mn(t2, e) {
  return (n) => {
    e("[ERROR] child process exception %o", n), t2.push(Buffer.from(String(n.stack), "ascii"));
  };
}
function Et(t2, e, n, r2) {
  return (s) => {
    n("%s received %L bytes", e, s), r2("%B", s), t2.push(s);
  };
}
var Dn = class {
  constructor(e, n, r2) {
    this.cwd = e, this._scheduler = n, this._plugins = r2, this._chain = this.chain();
  }
  chain() {
    return new Pn(this, this._scheduler, this._plugins);
  }
  push(e) {
    return this._chain.push(e);
  }
};
function Ln(t2, e, n = W2) {
  const r2 = (o2) => {
    n(null, o2);
  }, s = (o2) => {
    o2?.task === t2 && n(o2, void 0);
  };
  e.then(r2, s);
}
function St(t2, e) {
  return tn((n) => {
    if (!Lt(t2))
      throw new Error(`Git.cwd: cannot change to non-directory "${t2}"`);
    return (e || n).cwd = t2;
  });
}
function Q2(t2) {
  const e = ["checkout", ...t2];
  return e[1] === "-b" && e.includes("-B") && (e[1] = ct(e, "-B")), g(e);
}
function jn() {
  return {
    checkout() {
      return this._runTask(
        Q2(h2(arguments, 1)),
        u(arguments)
      );
    },
    checkoutBranch(t2, e) {
      return this._runTask(
        Q2(["-b", t2, e, ...h2(arguments)]),
        u(arguments)
      );
    },
    checkoutLocalBranch(t2) {
      return this._runTask(
        Q2(["-b", t2, ...h2(arguments)]),
        u(arguments)
      );
    }
  };
}
var Yt = (t2, e, n) => {
  const r2 = ["clone", ...n];
  return m(t2) && r2.push(c(t2)), m(e) && r2.push(c(e)), g(r2);
};
var Bn = (t2, e, n) => (S2(n, "--mirror"), Yt(t2, e, n));
function Rt(t2, e, n, ...r2) {
  return m(n) ? e(n, d(r2[0], m), h2(arguments)) : b2(`git.${t2}() requires a string 'repoPath'`);
}
function In() {
  return {
    clone(t2, ...e) {
      return this._runTask(
        Rt("clone", Yt, d(t2, m), ...e),
        u(arguments)
      );
    },
    mirror(t2, ...e) {
      return this._runTask(
        Rt("mirror", Bn, d(t2, m), ...e),
        u(arguments)
      );
    }
  };
}
var Un = [
  new l2(/^\[([^\s]+)( \([^)]+\))? ([^\]]+)/, (t2, [e, n, r2]) => {
    t2.branch = e, t2.commit = r2, t2.root = !!n;
  }),
  new l2(/\s*Author:\s(.+)/i, (t2, [e]) => {
    const n = e.split("<"), r2 = n.pop();
    !r2 || !r2.includes("@") || (t2.author = {
      email: r2.substr(0, r2.length - 1),
      name: n.join("<").trim()
    });
  }),
  new l2(
    /(\d+)[^,]*(?:,\s*(\d+)[^,]*)(?:,\s*(\d+))/g,
    (t2, [e, n, r2]) => {
      t2.summary.changes = parseInt(e, 10) || 0, t2.summary.insertions = parseInt(n, 10) || 0, t2.summary.deletions = parseInt(r2, 10) || 0;
    }
  ),
  new l2(
    /^(\d+)[^,]*(?:,\s*(\d+)[^(]+\(([+-]))?/,
    (t2, [e, n, r2]) => {
      t2.summary.changes = parseInt(e, 10) || 0;
      const s = parseInt(n, 10) || 0;
      r2 === "-" ? t2.summary.deletions = s : r2 === "+" && (t2.summary.insertions = s);
    }
  )
];
function Fn(t2) {
  return E2({
    author: null,
    branch: "",
    commit: "",
    root: false,
    summary: {
      changes: 0,
      insertions: 0,
      deletions: 0
    }
  }, Un, t2);
}
function Gn(t2, e, n) {
  return {
    commands: [
      "-c",
      "core.abbrev=40",
      "commit",
      ...U(t2, "-m"),
      ...e,
      ...n
    ],
    format: "utf-8",
    parser: Fn
  };
}
function zn() {
  return {
    commit(e, ...n) {
      const r2 = u(arguments), s = t2(e) || Gn(
        v(e),
        v(d(n[0], G2, [])),
        [
          ...L2(d(n[1], K2, [])),
          ...h2(arguments, 0, true)
        ]
      );
      return this._runTask(s, r2);
    }
  };
  function t2(e) {
    return !G2(e) && b2(
      "git.commit: requires the commit message to be supplied as a string/string[]"
    );
  }
}
function qn() {
  return {
    count: 0,
    garbage: 0,
    inPack: 0,
    packs: 0,
    prunePackable: 0,
    size: 0,
    sizeGarbage: 0,
    sizePack: 0
  };
}
var Wn = new l2(
  /([a-z-]+): (\d+)$/,
  (t2, [e, n]) => {
    const r2 = jt(e);
    Object.hasOwn(t2, r2) && (t2[r2] = p(n));
  }
);
function Hn() {
  return {
    countObjects() {
      return this._runTask({
        commands: ["count-objects", "--verbose"],
        format: "utf-8",
        parser(t2) {
          return E2(qn(), [Wn], t2);
        }
      });
    }
  };
}
function Kn() {
  return {
    firstCommit() {
      return this._runTask(
        g(["rev-list", "--max-parents=0", "HEAD"], true),
        u(arguments)
      );
    }
  };
}
function Vn(t2, e) {
  const n = ["hash-object", t2];
  return e && n.push("-w"), g(n, true);
}
var J2 = class {
  constructor(e, n, r2, s) {
    this.bare = e, this.path = n, this.existing = r2, this.gitDir = s;
  }
};
var Xn = /^Init.+ repository in (.+)$/;
var Yn = /^Rein.+ in (.+)$/;
function Qn(t2, e, n) {
  const r2 = String(n).trim();
  let s;
  if (s = Xn.exec(r2))
    return new J2(t2, e, false, s[1]);
  if (s = Yn.exec(r2))
    return new J2(t2, e, true, s[1]);
  let o2 = "";
  const i = r2.split(" ");
  for (; i.length; )
    if (i.shift() === "in") {
      o2 = i.join(" ");
      break;
    }
  return new J2(t2, e, /^re/i.test(r2), o2);
}
var Qt = "--bare";
function Jn(t2) {
  return t2.includes(Qt);
}
function Zn(t2 = false, e, n) {
  const r2 = ["init", ...n];
  return t2 && !Jn(r2) && r2.splice(1, 0, Qt), {
    commands: r2,
    format: "utf-8",
    parser(s) {
      return Qn(r2.includes("--bare"), e, s);
    }
  };
}
function tr(t2) {
  return t2 === void 0 ? b2("interpretTrailers called without input content") : {
    format: "utf-8",
    parser(e) {
      return Object.fromEntries(
        ut(e, (n) => {
          const r2 = n.indexOf(":");
          return [
            jt(n.substring(0, r2).toLowerCase()),
            n.substring(r2 + 2).trim()
          ];
        })
      );
    },
    commands: ["interpret-trailers", "--parse"],
    input: t2
  };
}
function er() {
  return {
    interpretTrailers(t2) {
      return this._runTask(
        tr(d(t2, Be)),
        u(arguments)
      );
    }
  };
}
var R2 = /* @__PURE__ */ ((t2) => (t2.NONE = "", t2.STAT = "--stat", t2.NUM_STAT = "--numstat", t2.NAME_ONLY = "--name-only", t2.NAME_STATUS = "--name-status", t2))(R2 || {});
var Jt = /^--(stat|numstat|name-only|name-status)(=|$)/;
function pt(t2) {
  for (let e = 0; e < t2.length; e++) {
    const n = Jt.exec(t2[e]);
    if (n)
      return `--${n[1]}`;
  }
  return "";
}
function nr(t2) {
  return Jt.test(t2);
}
var rr = class {
  constructor() {
    this.changed = 0, this.deletions = 0, this.insertions = 0, this.files = [];
  }
};
var Ot = [
  new l2(
    /^(.+)\s+\|\s+(\d+)(\s+[+\-]+)?$/,
    (t2, [e, n, r2 = ""]) => {
      t2.files.push({
        file: e.trim(),
        changes: p(n),
        insertions: r2.replace(/[^+]/g, "").length,
        deletions: r2.replace(/[^-]/g, "").length,
        binary: false
      });
    }
  ),
  new l2(
    /^(.+) \|\s+Bin ([0-9.]+) -> ([0-9.]+) ([a-z]+)/,
    (t2, [e, n, r2]) => {
      t2.files.push({
        file: e.trim(),
        before: p(n),
        after: p(r2),
        binary: true
      });
    }
  ),
  new l2(/^(.+)\s+\|\s+Bin\s*$/, (t2, [e]) => {
    t2.files.push({
      file: e.trim(),
      before: 0,
      after: 0,
      binary: true
    });
  }),
  new l2(
    /(\d+) files? changed\s*((?:, \d+ [^,]+){0,2})/,
    (t2, [e, n]) => {
      const r2 = /(\d+) i/.exec(n), s = /(\d+) d/.exec(n);
      t2.changed = p(e), t2.insertions = p(r2?.[1]), t2.deletions = p(s?.[1]);
    }
  )
];
var sr = [
  new l2(
    /(\d+)\t(\d+)\t(.+)$/,
    (t2, [e, n, r2]) => {
      const s = p(e), o2 = p(n);
      t2.changed++, t2.insertions += s, t2.deletions += o2, t2.files.push({
        file: r2,
        changes: s + o2,
        insertions: s,
        deletions: o2,
        binary: false
      });
    }
  ),
  new l2(/-\t-\t(.+)$/, (t2, [e]) => {
    t2.changed++, t2.files.push({
      file: e,
      after: 0,
      before: 0,
      binary: true
    });
  })
];
var or = [
  new l2(/(.+)$/, (t2, [e]) => {
    t2.changed++, t2.files.push({
      file: e,
      changes: 0,
      insertions: 0,
      deletions: 0,
      binary: false
    });
  })
];
var ir = [
  new l2(
    /([ACDMRTUXB])([0-9]{0,3})\t(.[^\t]*)(\t(.[^\t]*))?$/,
    (t2, [e, n, r2, s, o2]) => {
      t2.changed++, t2.files.push({
        file: o2 ?? r2,
        changes: 0,
        insertions: 0,
        deletions: 0,
        binary: false,
        status: bt(_n(e) && e),
        from: bt(!!o2 && r2 !== o2 && r2),
        similarity: p(n)
      });
    }
  )
];
var ar = {
  [R2.NONE]: Ot,
  [R2.STAT]: Ot,
  [R2.NUM_STAT]: sr,
  [R2.NAME_STATUS]: ir,
  [R2.NAME_ONLY]: or
};
function Zt(t2 = R2.NONE) {
  const e = ar[t2];
  return (n) => E2(new rr(), e, n, false);
}
var te = "òòòòòò ";
var ee2 = " òò";
var ne2 = " ò ";
var ur = ["hash", "date", "message", "refs", "author_name", "author_email"];
function cr(t2, e) {
  return e.reduce(
    (n, r2, s) => (n[r2] = t2[s] || "", n),
    /* @__PURE__ */ Object.create({ diff: null })
  );
}
function re(t2 = ne2, e = ur, n = R2.NONE) {
  const r2 = Zt(n);
  return function(s) {
    const o2 = H2(
      s.trim(),
      false,
      te
    ).map(function(i) {
      const a = i.split(ee2), c3 = cr(a[0].split(t2), e);
      return a.length > 1 && a[1].trim() && (c3.diff = r2(a[1])), c3;
    });
    return {
      all: o2,
      latest: o2.length && o2[0] || null,
      total: o2.length
    };
  };
}
function fr(t2) {
  let e = pt(t2);
  const n = ["diff"];
  return e === R2.NONE && (e = R2.STAT, n.push("--stat=4096")), n.push(...t2), dt(n) || {
    commands: n,
    format: "utf-8",
    parser: Zt(e)
  };
}
function dt(t2) {
  const e = t2.filter(nr);
  if (e.length > 1)
    return b2(
      `Summary flags are mutually exclusive - pick one of ${e.join(",")}`
    );
  if (e.length && t2.includes("-z"))
    return b2(
      `Summary flag ${e} parsing is not compatible with null termination option '-z'`
    );
}
var se = /* @__PURE__ */ ((t2) => (t2[t2["--pretty"] = 0] = "--pretty", t2[t2["max-count"] = 1] = "max-count", t2[t2.maxCount = 2] = "maxCount", t2[t2.n = 3] = "n", t2[t2.file = 4] = "file", t2[t2.format = 5] = "format", t2[t2.from = 6] = "from", t2[t2.to = 7] = "to", t2[t2.splitter = 8] = "splitter", t2[t2.symmetric = 9] = "symmetric", t2[t2.mailMap = 10] = "mailMap", t2[t2.multiLine = 11] = "multiLine", t2[t2.strictDate = 12] = "strictDate", t2))(se || {});
function lr(t2, e) {
  const n = [], r2 = [];
  return Object.keys(t2).forEach((s) => {
    n.push(s), r2.push(String(t2[s]));
  }), [n, r2.join(e)];
}
function hr(t2) {
  return Object.keys(t2).reduce((e, n) => (n in se || (e[n] = t2[n]), e), {});
}
function oe2(t2 = {}, e = []) {
  const n = d(t2.splitter, m, ne2), r2 = lt(t2.format) ? t2.format : {
    hash: "%H",
    date: t2.strictDate === false ? "%ai" : "%aI",
    message: "%s",
    refs: "%D",
    body: t2.multiLine ? "%B" : "%b",
    author_name: t2.mailMap !== false ? "%aN" : "%an",
    author_email: t2.mailMap !== false ? "%aE" : "%ae"
  }, [s, o2] = lr(r2, n), i = [], a = [
    `--pretty=format:${te}${o2}${ee2}`,
    ...e
  ], c3 = t2.n || t2["max-count"] || t2.maxCount;
  if (c3 && a.push(`--max-count=${c3}`), t2.from || t2.to) {
    const y2 = t2.symmetric !== false ? "..." : "..";
    i.push(`${t2.from || ""}${y2}${t2.to || ""}`);
  }
  return m(t2.file) && a.push("--follow", c(t2.file)), It(hr(t2), a), {
    fields: s,
    splitter: n,
    commands: [...a, ...i]
  };
}
function mr(t2, e, n) {
  const r2 = re(t2, e, pt(n));
  return {
    commands: ["log", ...n],
    format: "utf-8",
    parser: r2
  };
}
function pr() {
  return {
    log(...n) {
      const r2 = u(arguments), s = oe2(
        ht(arguments),
        L2(d(arguments[0], K2, []))
      ), o2 = e(...n) || dt(s.commands) || t2(s);
      return this._runTask(o2, r2);
    }
  };
  function t2(n) {
    return mr(n.splitter, n.fields, n.commands);
  }
  function e(n, r2) {
    return m(n) && m(r2) && b2(
      "git.log(string, string) should be replaced with git.log({ from: string, to: string })"
    );
  }
}
var Z2 = class {
  constructor(e, n = null, r2) {
    this.reason = e, this.file = n, this.meta = r2;
  }
  toString() {
    return `${this.file}:${this.reason}`;
  }
};
var dr = class {
  constructor() {
    this.conflicts = [], this.merges = [], this.result = "success";
  }
  get failed() {
    return this.conflicts.length > 0;
  }
  get reason() {
    return this.result;
  }
  toString() {
    return this.conflicts.length ? `CONFLICTS: ${this.conflicts.join(", ")}` : "OK";
  }
};
var ie = class {
  constructor() {
    this.remoteMessages = {
      all: []
    }, this.created = [], this.deleted = [], this.files = [], this.deletions = {}, this.insertions = {}, this.summary = {
      changes: 0,
      deletions: 0,
      insertions: 0
    };
  }
};
var gr = class {
  constructor() {
    this.remote = "", this.hash = {
      local: "",
      remote: ""
    }, this.branch = {
      local: "",
      remote: ""
    }, this.message = "";
  }
  toString() {
    return this.message;
  }
};
function tt(t2) {
  return t2.objects = t2.objects || {
    compressing: 0,
    counting: 0,
    enumerating: 0,
    packReused: 0,
    reused: { count: 0, delta: 0 },
    total: { count: 0, delta: 0 }
  };
}
function Ct(t2) {
  const e = /^\s*(\d+)/.exec(t2), n = /delta (\d+)/i.exec(t2);
  return {
    count: p(e && e[1] || "0"),
    delta: p(n && n[1] || "0")
  };
}
var yr = [
  new x2(
    /^remote:\s*(enumerating|counting|compressing) objects: (\d+),/i,
    (t2, [e, n]) => {
      const r2 = e.toLowerCase(), s = tt(t2.remoteMessages);
      Object.assign(s, { [r2]: p(n) });
    }
  ),
  new x2(
    /^remote:\s*(enumerating|counting|compressing) objects: \d+% \(\d+\/(\d+)\),/i,
    (t2, [e, n]) => {
      const r2 = e.toLowerCase(), s = tt(t2.remoteMessages);
      Object.assign(s, { [r2]: p(n) });
    }
  ),
  new x2(
    /total ([^,]+), reused ([^,]+), pack-reused (\d+)/i,
    (t2, [e, n, r2]) => {
      const s = tt(t2.remoteMessages);
      s.total = Ct(e), s.reused = Ct(n), s.packReused = p(r2);
    }
  )
];
var wr = [
  new x2(/^remote:\s*(.+)$/, (t2, [e]) => (t2.remoteMessages.all.push(e.trim()), false)),
  ...yr,
  new x2(
    [/create a (?:pull|merge) request/i, /\s(https?:\/\/\S+)$/],
    (t2, [e]) => {
      t2.remoteMessages.pullRequestUrl = e;
    }
  ),
  new x2(
    [/found (\d+) vulnerabilities.+\(([^)]+)\)/i, /\s(https?:\/\/\S+)$/],
    (t2, [e, n, r2]) => {
      t2.remoteMessages.vulnerabilities = {
        count: p(e),
        summary: n,
        url: r2
      };
    }
  )
];
function ae(t2, e) {
  return E2({ remoteMessages: new br() }, wr, e);
}
var br = class {
  constructor() {
    this.all = [];
  }
};
var Tr = /^\s*(.+?)\s+\|\s+\d+\s*(\+*)(-*)/;
var kr = /(\d+)\D+((\d+)\D+\(\+\))?(\D+(\d+)\D+\(-\))?/;
var _r = /^(create|delete) mode \d+ (.+)/;
var vr = [
  new l2(Tr, (t2, [e, n, r2]) => {
    t2.files.push(e), n && (t2.insertions[e] = n.length), r2 && (t2.deletions[e] = r2.length);
  }),
  new l2(kr, (t2, [e, , n, , r2]) => n !== void 0 || r2 !== void 0 ? (t2.summary.changes = +e || 0, t2.summary.insertions = +n || 0, t2.summary.deletions = +r2 || 0, true) : false),
  new l2(_r, (t2, [e, n]) => {
    S2(t2.files, n), S2(e === "create" ? t2.created : t2.deleted, n);
  })
];
var Er = [
  new l2(/^from\s(.+)$/i, (t2, [e]) => {
    t2.remote = e;
  }),
  new l2(/^fatal:\s(.+)$/, (t2, [e]) => {
    t2.message = e;
  }),
  new l2(
    /([a-z0-9]+)\.\.([a-z0-9]+)\s+(\S+)\s+->\s+(\S+)$/,
    (t2, [e, n, r2, s]) => {
      t2.branch.local = r2, t2.hash.local = e, t2.branch.remote = s, t2.hash.remote = n;
    }
  )
];
var Sr = (t2, e) => E2(new ie(), vr, [t2, e]);
var ue = (t2, e) => Object.assign(
  new ie(),
  Sr(t2, e),
  ae(t2, e)
);
function Rr(t2, e) {
  const n = E2(new gr(), Er, [t2, e]);
  return n.message && n;
}
var Or = [
  new l2(/^Auto-merging\s+(.+)$/, (t2, [e]) => {
    t2.merges.push(e);
  }),
  new l2(/^CONFLICT\s+\((.+)\): Merge conflict in (.+)$/, (t2, [e, n]) => {
    t2.conflicts.push(new Z2(e, n));
  }),
  new l2(
    /^CONFLICT\s+\((.+\/delete)\): (.+) deleted in (.+) and/,
    (t2, [e, n, r2]) => {
      t2.conflicts.push(new Z2(e, n, { deleteRef: r2 }));
    }
  ),
  new l2(/^CONFLICT\s+\((.+)\):/, (t2, [e]) => {
    t2.conflicts.push(new Z2(e, null));
  }),
  new l2(/^Automatic merge failed;\s+(.+)$/, (t2, [e]) => {
    t2.result = e;
  })
];
var Cr = (t2, e) => Object.assign(Ar(t2), ue(t2, e));
var Ar = (t2) => E2(new dr(), Or, t2);
function At(t2) {
  return t2.length ? {
    commands: ["merge", ...t2],
    format: "utf-8",
    parser(e, n) {
      const r2 = Cr(e, n);
      if (r2.failed)
        throw new at(r2);
      return r2;
    }
  } : b2("Git.merge requires at least one option");
}
function xr(t2, e, n) {
  const r2 = n.includes("deleted"), s = n.includes("tag") || /^refs\/tags/.test(t2), o2 = !n.includes("new");
  return {
    deleted: r2,
    tag: s,
    branch: !s,
    new: !o2,
    alreadyUpdated: o2,
    local: t2,
    remote: e
  };
}
var Nr = [
  new l2(/^Pushing to (.+)$/, (t2, [e]) => {
    t2.repo = e;
  }),
  new l2(/^updating local tracking ref '(.+)'/, (t2, [e]) => {
    t2.ref = {
      ...t2.ref || {},
      local: e
    };
  }),
  new l2(/^[=*-]\s+([^:]+):(\S+)\s+\[(.+)]$/, (t2, [e, n, r2]) => {
    t2.pushed.push(xr(e, n, r2));
  }),
  new l2(
    /^Branch '([^']+)' set up to track remote branch '([^']+)' from '([^']+)'/,
    (t2, [e, n, r2]) => {
      t2.branch = {
        ...t2.branch || {},
        local: e,
        remote: n,
        remoteName: r2
      };
    }
  ),
  new l2(
    /^([^:]+):(\S+)\s+([a-z0-9]+)\.\.([a-z0-9]+)$/,
    (t2, [e, n, r2, s]) => {
      t2.update = {
        head: {
          local: e,
          remote: n
        },
        hash: {
          from: r2,
          to: s
        }
      };
    }
  )
];
var $r = (t2, e) => {
  const n = Pr(t2, e), r2 = ae(t2, e);
  return {
    ...n,
    ...r2
  };
};
var Pr = (t2, e) => E2({ pushed: [] }, Nr, [t2, e]);
function Mr(t2 = {}, e) {
  return S2(e, "--tags"), ce(t2, e);
}
function ce(t2 = {}, e) {
  const n = ["push", ...e];
  return t2.branch && n.splice(1, 0, t2.branch), t2.remote && n.splice(1, 0, t2.remote), ct(n, "-v"), S2(n, "--verbose"), S2(n, "--porcelain"), {
    commands: n,
    format: "utf-8",
    parser: $r
  };
}
function Dr() {
  return {
    showBuffer() {
      const t2 = ["show", ...h2(arguments, 1)];
      return t2.includes("--binary") || t2.splice(1, 0, "--binary"), this._runTask(
        Gt(t2),
        u(arguments)
      );
    },
    show() {
      const t2 = ["show", ...h2(arguments, 1)];
      return this._runTask(
        g(t2),
        u(arguments)
      );
    }
  };
}
var Lr = /^(.+)\0(.+)$/;
var jr = class {
  constructor(e, n, r2) {
    if (this.path = e, this.index = n, this.working_dir = r2, n === "R" || r2 === "R") {
      const s = Lr.exec(e) || [null, e, e];
      this.from = s[2] || "", this.path = s[1] || "";
    }
  }
};
var Br = class {
  constructor() {
    this.not_added = [], this.conflicted = [], this.created = [], this.deleted = [], this.ignored = void 0, this.modified = [], this.renamed = [], this.files = [], this.staged = [], this.ahead = 0, this.behind = 0, this.current = null, this.tracking = null, this.detached = false, this.isClean = () => !this.files.length;
  }
};
function xt(t2) {
  const [e, n] = t2.split(I2);
  return {
    from: n || e,
    to: e
  };
}
function _2(t2, e, n) {
  return [`${t2}${e}`, n];
}
function et(t2, ...e) {
  return e.map((n) => _2(t2, n, (r2, s) => r2.conflicted.push(s)));
}
var Ir = new Map([
  _2(
    " ",
    "A",
    (t2, e) => t2.created.push(e)
  ),
  _2(
    " ",
    "D",
    (t2, e) => t2.deleted.push(e)
  ),
  _2(
    " ",
    "M",
    (t2, e) => t2.modified.push(e)
  ),
  _2("A", " ", (t2, e) => {
    t2.created.push(e), t2.staged.push(e);
  }),
  _2("A", "M", (t2, e) => {
    t2.created.push(e), t2.staged.push(e), t2.modified.push(e);
  }),
  _2("D", " ", (t2, e) => {
    t2.deleted.push(e), t2.staged.push(e);
  }),
  _2("M", " ", (t2, e) => {
    t2.modified.push(e), t2.staged.push(e);
  }),
  _2("M", "M", (t2, e) => {
    t2.modified.push(e), t2.staged.push(e);
  }),
  _2("R", " ", (t2, e) => {
    t2.renamed.push(xt(e));
  }),
  _2("R", "M", (t2, e) => {
    const n = xt(e);
    t2.renamed.push(n), t2.modified.push(n.to);
  }),
  _2("!", "!", (t2, e) => {
    (t2.ignored = t2.ignored || []).push(e);
  }),
  _2(
    "?",
    "?",
    (t2, e) => t2.not_added.push(e)
  ),
  ...et(
    "A",
    "A",
    "U"
    /* UNMERGED */
  ),
  ...et(
    "D",
    "D",
    "U"
    /* UNMERGED */
  ),
  ...et(
    "U",
    "A",
    "D",
    "U"
    /* UNMERGED */
  ),
  [
    "##",
    (t2, e) => {
      const n = /ahead (\d+)/, r2 = /behind (\d+)/, s = /^(.+?(?=(?:\.{3}|\s|$)))/, o2 = /\.{3}(\S*)/, i = /\son\s(\S+?)(?=\.{3}|$)/;
      let a = n.exec(e);
      t2.ahead = a && +a[1] || 0, a = r2.exec(e), t2.behind = a && +a[1] || 0, a = s.exec(e), t2.current = d(a?.[1], m, null), a = o2.exec(e), t2.tracking = d(a?.[1], m, null), a = i.exec(e), a && (t2.current = d(a?.[1], m, t2.current)), t2.detached = /\(no branch\)/.test(e);
    }
  ]
]);
var Ur = function(t2) {
  const e = t2.split(I2), n = new Br();
  for (let r2 = 0, s = e.length; r2 < s; ) {
    let o2 = e[r2++].trim();
    o2 && (o2.charAt(0) === "R" && (o2 += I2 + (e[r2++] || "")), Fr(n, o2));
  }
  return n;
};
function Fr(t2, e) {
  const n = e.trim();
  switch (" ") {
    case n.charAt(2):
      return r2(n.charAt(0), n.charAt(1), n.slice(3));
    case n.charAt(1):
      return r2(" ", n.charAt(0), n.slice(2));
    default:
      return;
  }
  function r2(s, o2, i) {
    const a = `${s}${o2}`, c3 = Ir.get(a);
    c3 && c3(t2, i), a !== "##" && a !== "!!" && t2.files.push(new jr(i, s, o2));
  }
}
var Gr = ["--null", "-z"];
function zr(t2) {
  return {
    format: "utf-8",
    commands: [
      "status",
      "--porcelain",
      "-b",
      "-u",
      "--null",
      ...t2.filter((n) => !Gr.includes(n))
    ],
    parser(n) {
      return Ur(n);
    }
  };
}
var fe = "installed=false";
function q2(t2 = 0, e = 0, n = 0, r2 = "", s = true) {
  return Object.defineProperty(
    {
      major: t2,
      minor: e,
      patch: n,
      agent: r2,
      installed: s
    },
    "toString",
    {
      value() {
        return `${this.major}.${this.minor}.${this.patch}`;
      },
      configurable: false,
      enumerable: false
    }
  );
}
function qr() {
  return q2(0, 0, 0, "", false);
}
function Wr() {
  return {
    version() {
      return this._runTask({
        commands: ["--version"],
        format: "utf-8",
        parser: Kr,
        onError(t2, e, n, r2) {
          if (t2.exitCode === V2.NOT_FOUND)
            return n(Buffer.from(fe));
          r2(e);
        }
      });
    }
  };
}
var Hr = [
  new l2(
    /version (\d+)\.(\d+)\.(\d+)(?:\s*\((.+)\))?/,
    (t2, [e, n, r2, s = ""]) => {
      Object.assign(
        t2,
        q2(p(e), p(n), p(r2), s)
      );
    }
  ),
  new l2(
    /version (\d+)\.(\d+)\.(\D+)(.+)?$/,
    (t2, [e, n, r2, s = ""]) => {
      Object.assign(t2, q2(p(e), p(n), r2, s));
    }
  )
];
function Kr(t2) {
  return t2 === fe ? qr() : E2(q2(0, 0, 0, t2), Hr, t2);
}
var le = class {
  constructor(e) {
    this._executor = e;
  }
  _runTask(e, n) {
    const r2 = this._executor.chain(), s = r2.push(e);
    return n && Ln(e, s, n), Object.create(this, {
      then: { value: s.then.bind(s) },
      catch: { value: s.catch.bind(s) },
      _executor: { value: r2 }
    });
  }
  add(e) {
    return this._runTask(
      g(["add", ...v(e)]),
      u(arguments)
    );
  }
  cwd(e) {
    const n = u(arguments);
    return typeof e == "string" ? this._runTask(St(e, this._executor), n) : typeof e?.path == "string" ? this._runTask(
      St(
        e.path,
        e.root && this._executor || void 0
      ),
      n
    ) : this._runTask(
      b2("Git.cwd: workingDirectory must be supplied as a string"),
      n
    );
  }
  hashObject(e, n) {
    return this._runTask(
      Vn(e, n === true),
      u(arguments)
    );
  }
  init(e) {
    return this._runTask(
      Zn(e === true, this._executor.cwd, h2(arguments)),
      u(arguments)
    );
  }
  merge() {
    return this._runTask(
      At(h2(arguments)),
      u(arguments)
    );
  }
  mergeFromTo(e, n) {
    return m(e) && m(n) ? this._runTask(
      At([e, n, ...h2(arguments)]),
      u(arguments, false)
    ) : this._runTask(
      b2(
        "Git.mergeFromTo requires that the 'remote' and 'branch' arguments are supplied as strings"
      )
    );
  }
  outputHandler(e) {
    return this._executor.outputHandler = e, this;
  }
  push() {
    const e = ce(
      {
        remote: d(arguments[0], m),
        branch: d(arguments[1], m)
      },
      h2(arguments)
    );
    return this._runTask(e, u(arguments));
  }
  stash() {
    return this._runTask(
      g(["stash", ...h2(arguments)]),
      u(arguments)
    );
  }
  status() {
    return this._runTask(
      zr(h2(arguments)),
      u(arguments)
    );
  }
};
Object.assign(
  le.prototype,
  jn(),
  In(),
  zn(),
  Tn(),
  Hn(),
  Kn(),
  On(),
  er(),
  pr(),
  Dr(),
  Wr()
);
var Vr = /* @__PURE__ */ (() => {
  let t2 = 0;
  return () => {
    t2++;
    const { promise: e, done: n } = (0, import_promise_deferred.createDeferred)();
    return {
      promise: e,
      done: n,
      id: t2
    };
  };
})();
var Xr = class {
  constructor(e = 2) {
    this.concurrency = e, this.logger = $2("", "scheduler"), this.pending = [], this.running = [], this.logger("Constructed, concurrency=%s", e);
  }
  schedule() {
    if (!this.pending.length || this.running.length >= this.concurrency) {
      this.logger(
        "Schedule attempt ignored, pending=%s running=%s concurrency=%s",
        this.pending.length,
        this.running.length,
        this.concurrency
      );
      return;
    }
    const e = S2(this.running, this.pending.shift());
    this.logger("Attempting id=%s", e.id), e.done(() => {
      this.logger("Completing id=", e.id), ct(this.running, e), this.schedule();
    });
  }
  next() {
    const { promise: e, id: n } = S2(this.pending, Vr());
    return this.logger("Scheduling id=%s", n), this.schedule(), e;
  }
};
function Yr(t2, e) {
  return g(["apply", ...e, ...t2]);
}
var he = /* @__PURE__ */ ((t2) => (t2.CURRENT = "*", t2.LINKED = "+", t2))(he || {});
var Qr = class {
  constructor() {
    this.all = [], this.branches = {}, this.current = "", this.detached = false;
  }
  push(e, n, r2, s, o2) {
    e === "*" && (this.detached = n, this.current = r2), this.all.push(r2), this.branches[r2] = {
      current: e === "*",
      linkedWorkTree: e === "+",
      name: r2,
      commit: s,
      label: o2
    };
  }
};
var Jr = [
  new l2(
    /^([*+]\s)?\((?:HEAD )?detached (?:from|at) (\S+)\)\s+([a-z0-9]+)\s(.*)$/,
    (t2, [e, n, r2, s]) => {
      t2.push(Nt(e), true, n, r2, s);
    }
  ),
  new l2(
    /^([*+]\s)?(\S+)\s+([a-z0-9]+)\s?(.*)$/s,
    (t2, [e, n, r2, s]) => {
      t2.push(Nt(e), false, n, r2, s);
    }
  )
];
var Zr = new l2(/^(\S+)$/s, (t2, [e]) => {
  t2.push(he.CURRENT, false, e, "", "");
});
function Nt(t2) {
  return t2 ? t2.charAt(0) : "";
}
function me(t2, e = false) {
  return E2(
    new Qr(),
    e ? [Zr] : Jr,
    t2
  );
}
var ts = class {
  constructor() {
    this.all = [], this.branches = {}, this.errors = [];
  }
  get success() {
    return !this.errors.length;
  }
};
function es(t2, e) {
  return {
    branch: t2,
    hash: e,
    success: true
  };
}
function ns(t2) {
  return {
    branch: t2,
    hash: null,
    success: false
  };
}
var rs = /(\S+)\s+\(\S+\s([^)]+)\)/;
var pe = /^error[^']+'([^']+)'/m;
var ss = [
  new l2(rs, (t2, [e, n]) => {
    const r2 = es(e, n);
    t2.all.push(r2), t2.branches[e] = r2;
  }),
  new l2(pe, (t2, [e]) => {
    const n = ns(e);
    t2.errors.push(n), t2.all.push(n), t2.branches[e] = n;
  })
];
var gt = (t2, e) => E2(new ts(), ss, [t2, e]);
function de(t2, e) {
  return e === V2.ERROR && pe.test(t2);
}
function os(t2) {
  const e = ["-d", "-D", "--delete"];
  return t2.some((n) => e.includes(n));
}
function is(t2) {
  const e = os(t2), n = t2.includes("--show-current"), r2 = ["branch", ...t2];
  return r2.length === 1 && r2.push("-a"), r2.includes("-v") || r2.splice(1, 0, "-v"), {
    format: "utf-8",
    commands: r2,
    parser(s, o2) {
      return e ? gt(s, o2).all[0] : me(s, n);
    }
  };
}
function as() {
  return {
    format: "utf-8",
    commands: ["branch", "-v"],
    parser(t2) {
      return me(t2);
    }
  };
}
function us(t2, e = false) {
  return {
    format: "utf-8",
    commands: ["branch", "-v", e ? "-D" : "-d", ...t2],
    parser(n, r2) {
      return gt(n, r2);
    },
    onError({ exitCode: n, stdOut: r2 }, s, o2, i) {
      if (!de(String(s), n))
        return i(s);
      o2(r2);
    }
  };
}
function cs(t2, e = false) {
  const n = {
    format: "utf-8",
    commands: ["branch", "-v", e ? "-D" : "-d", t2],
    parser(r2, s) {
      return gt(r2, s).branches[t2];
    },
    onError({ exitCode: r2, stdErr: s, stdOut: o2 }, i, a, c3) {
      if (!de(String(i), r2))
        return c3(i);
      throw new at(
        n.parser(F2(o2), F2(s)),
        String(i)
      );
    }
  };
  return n;
}
function fs(t2) {
  return {
    commands: ["check-ignore", ...t2],
    format: "utf-8",
    parser: ls
  };
}
function ls(t2) {
  return t2.split(/\n/g).map(hs).filter(Boolean);
}
function hs(t2) {
  const e = t2.trim().replace(/^["']|["']$/g, "");
  return e && Se(e);
}
var ms = [
  new l2(/From (.+)$/, (t2, [e]) => {
    t2.remote = e;
  }),
  new l2(/\* \[new branch]\s+(\S+)\s*-> (.+)$/, (t2, [e, n]) => {
    t2.branches.push({
      name: e,
      tracking: n
    });
  }),
  new l2(/\* \[new tag]\s+(\S+)\s*-> (.+)$/, (t2, [e, n]) => {
    t2.tags.push({
      name: e,
      tracking: n
    });
  }),
  new l2(/- \[deleted]\s+\S+\s*-> (.+)$/, (t2, [e]) => {
    t2.deleted.push({
      tracking: e
    });
  }),
  new l2(
    /\s*([^.]+)\.\.(\S+)\s+(\S+)\s*-> (.+)$/,
    (t2, [e, n, r2, s]) => {
      t2.updated.push({
        name: r2,
        tracking: s,
        to: n,
        from: e
      });
    }
  )
];
function ps(t2, e) {
  return E2({
    raw: t2,
    remote: null,
    branches: [],
    tags: [],
    updated: [],
    deleted: []
  }, ms, [t2, e]);
}
function ds(t2) {
  return /^--upload-pack(=|$)/.test(t2);
}
function gs(t2, e, n) {
  const r2 = ["fetch", ...n];
  return t2 && e && r2.push(t2, e), r2.find(ds) ? b2("git.fetch: potential exploit argument blocked.") : {
    commands: r2,
    format: "utf-8",
    parser: ps
  };
}
var ys = [
  new l2(/^Renaming (.+) to (.+)$/, (t2, [e, n]) => {
    t2.moves.push({ from: e, to: n });
  })
];
function ws(t2) {
  return E2({ moves: [] }, ys, t2);
}
function bs(t2, e) {
  return {
    commands: ["mv", "-v", ...v(t2), e],
    format: "utf-8",
    parser: ws
  };
}
function Ts(t2, e, n) {
  const r2 = ["pull", ...n];
  return t2 && e && r2.splice(1, 0, t2, e), {
    commands: r2,
    format: "utf-8",
    parser(s, o2) {
      return ue(s, o2);
    },
    onError(s, o2, i, a) {
      const c3 = Rr(
        F2(s.stdOut),
        F2(s.stdErr)
      );
      if (c3)
        return a(new at(c3));
      a(o2);
    }
  };
}
function ks(t2) {
  const e = {};
  return ge(t2, ([n]) => e[n] = { name: n }), Object.values(e);
}
function _s(t2) {
  const e = {};
  return ge(t2, ([n, r2, s]) => {
    Object.hasOwn(e, n) || (e[n] = {
      name: n,
      refs: { fetch: "", push: "" }
    }), s && r2 && (e[n].refs[s.replace(/[^a-z]/g, "")] = r2);
  }), Object.values(e);
}
function ge(t2, e) {
  ut(t2, (n) => e(n.split(/\s+/)));
}
function vs(t2, e, n) {
  return g(["remote", "add", ...n, t2, e]);
}
function Es(t2) {
  const e = ["remote"];
  return t2 && e.push("-v"), {
    commands: e,
    format: "utf-8",
    parser: t2 ? _s : ks
  };
}
function Ss(t2) {
  const e = [...t2];
  return e[0] !== "ls-remote" && e.unshift("ls-remote"), g(e);
}
function Rs(t2) {
  const e = [...t2];
  return e[0] !== "remote" && e.unshift("remote"), g(e);
}
function Os(t2) {
  return g(["remote", "remove", t2]);
}
function Cs(t2 = {}, e) {
  const n = oe2(t2), r2 = ["stash", "list", ...n.commands, ...e], s = re(
    n.splitter,
    n.fields,
    pt(r2)
  );
  return dt(r2) || {
    commands: r2,
    format: "utf-8",
    parser: s
  };
}
function As(t2, e) {
  return X2(["add", t2, e]);
}
function xs(t2) {
  return X2(["init", ...t2]);
}
function X2(t2) {
  const e = [...t2];
  return e[0] !== "submodule" && e.unshift("submodule"), g(e);
}
function Ns(t2) {
  return X2(["update", ...t2]);
}
var $s = class {
  constructor(e, n) {
    this.all = e, this.latest = n;
  }
};
var Ps = function(t2, e = false) {
  const n = t2.split(`
`).map(Ds).filter(Boolean);
  e || n.sort(function(s, o2) {
    const i = s.split("."), a = o2.split(".");
    if (i.length === 1 || a.length === 1)
      return Ms(B2(i[0]), B2(a[0]));
    for (let c3 = 0, y2 = Math.max(i.length, a.length); c3 < y2; c3++) {
      const w2 = ye(B2(i[c3]), B2(a[c3]));
      if (w2)
        return w2;
    }
    return 0;
  });
  const r2 = e ? n[0] : [...n].reverse().find((s) => s.indexOf(".") >= 0);
  return new $s(n, r2);
};
function Ms(t2, e) {
  const n = Number.isNaN(t2), r2 = Number.isNaN(e);
  return n !== r2 ? n ? 1 : -1 : n ? ye(t2, e) : 0;
}
function ye(t2, e) {
  return t2 === e ? 0 : t2 > e ? 1 : -1;
}
function Ds(t2) {
  return t2.trim();
}
function B2(t2) {
  return typeof t2 == "string" && parseInt(t2.replace(/^\D+/g, ""), 10) || 0;
}
function Ls(t2 = []) {
  const e = t2.some((n) => /^--sort=/.test(n));
  return {
    format: "utf-8",
    commands: ["tag", "-l", ...t2],
    parser(n) {
      return Ps(n, e);
    }
  };
}
function js(t2) {
  return {
    format: "utf-8",
    commands: ["tag", t2],
    parser() {
      return { name: t2 };
    }
  };
}
function Bs(t2, e) {
  return {
    format: "utf-8",
    commands: ["tag", "-a", "-m", e, t2],
    parser() {
      return { name: t2 };
    }
  };
}
function f2(t2, e) {
  this._plugins = e, this._executor = new Dn(
    t2.baseDir,
    new Xr(t2.maxConcurrentProcesses),
    e
  ), this._trimmed = t2.trimmed;
}
(f2.prototype = Object.create(le.prototype)).constructor = f2;
f2.prototype.customBinary = function(t2) {
  return this._plugins.reconfigure("binary", t2), this;
};
f2.prototype.env = function(t2, e) {
  return arguments.length === 1 && typeof t2 == "object" ? this._executor.env = t2 : (this._executor.env = this._executor.env || {})[t2] = e, this;
};
f2.prototype.stashList = function(t2) {
  return this._runTask(
    Cs(
      ht(arguments) || {},
      K2(t2) && t2 || []
    ),
    u(arguments)
  );
};
f2.prototype.mv = function(t2, e) {
  return this._runTask(bs(t2, e), u(arguments));
};
f2.prototype.checkoutLatestTag = function(t2) {
  var e = this;
  return this.pull(function() {
    e.tags(function(n, r2) {
      e.checkout(r2.latest, t2);
    });
  });
};
f2.prototype.pull = function(t2, e, n, r2) {
  return this._runTask(
    Ts(
      d(t2, m),
      d(e, m),
      h2(arguments)
    ),
    u(arguments)
  );
};
f2.prototype.fetch = function(t2, e) {
  return this._runTask(
    gs(
      d(t2, m),
      d(e, m),
      h2(arguments)
    ),
    u(arguments)
  );
};
f2.prototype.tags = function(t2, e) {
  return this._runTask(
    Ls(h2(arguments)),
    u(arguments)
  );
};
f2.prototype.rebase = function() {
  return this._runTask(
    g(["rebase", ...h2(arguments)]),
    u(arguments)
  );
};
f2.prototype.reset = function(t2) {
  return this._runTask(
    An(xn(t2), h2(arguments)),
    u(arguments)
  );
};
f2.prototype.revert = function(t2) {
  const e = u(arguments);
  return typeof t2 != "string" ? this._runTask(b2("Commit must be a string"), e) : this._runTask(
    g(["revert", ...h2(arguments, 0, true), t2]),
    e
  );
};
f2.prototype.addTag = function(t2) {
  const e = typeof t2 == "string" ? js(t2) : b2("Git.addTag requires a tag name");
  return this._runTask(e, u(arguments));
};
f2.prototype.addAnnotatedTag = function(t2, e) {
  return this._runTask(
    Bs(t2, e),
    u(arguments)
  );
};
f2.prototype.deleteLocalBranch = function(t2, e, n) {
  return this._runTask(
    cs(t2, typeof e == "boolean" ? e : false),
    u(arguments)
  );
};
f2.prototype.deleteLocalBranches = function(t2, e, n) {
  return this._runTask(
    us(t2, typeof e == "boolean" ? e : false),
    u(arguments)
  );
};
f2.prototype.branch = function(t2, e) {
  return this._runTask(
    is(h2(arguments)),
    u(arguments)
  );
};
f2.prototype.branchLocal = function(t2) {
  return this._runTask(as(), u(arguments));
};
f2.prototype.raw = function(t2) {
  const e = !Array.isArray(t2), n = [].slice.call(e ? arguments : t2, 0);
  for (let s = 0; s < n.length && e; s++)
    if (!st(n[s])) {
      n.splice(s, n.length - s);
      break;
    }
  n.push(...h2(arguments, 0, true));
  var r2 = u(arguments);
  return n.length ? this._runTask(g(n, this._trimmed), r2) : this._runTask(
    b2("Raw: must supply one or more command to execute"),
    r2
  );
};
f2.prototype.submoduleAdd = function(t2, e, n) {
  return this._runTask(As(t2, e), u(arguments));
};
f2.prototype.submoduleUpdate = function(t2, e) {
  return this._runTask(
    Ns(h2(arguments, true)),
    u(arguments)
  );
};
f2.prototype.submoduleInit = function(t2, e) {
  return this._runTask(
    xs(h2(arguments, true)),
    u(arguments)
  );
};
f2.prototype.subModule = function(t2, e) {
  return this._runTask(
    X2(h2(arguments)),
    u(arguments)
  );
};
f2.prototype.listRemote = function() {
  return this._runTask(
    Ss(h2(arguments)),
    u(arguments)
  );
};
f2.prototype.addRemote = function(t2, e, n) {
  return this._runTask(
    vs(t2, e, h2(arguments)),
    u(arguments)
  );
};
f2.prototype.removeRemote = function(t2, e) {
  return this._runTask(Os(t2), u(arguments));
};
f2.prototype.getRemotes = function(t2, e) {
  return this._runTask(Es(t2 === true), u(arguments));
};
f2.prototype.remote = function(t2, e) {
  return this._runTask(
    Rs(h2(arguments)),
    u(arguments)
  );
};
f2.prototype.tag = function(t2, e) {
  const n = h2(arguments);
  return n[0] !== "tag" && n.unshift("tag"), this._runTask(g(n), u(arguments));
};
f2.prototype.updateServerInfo = function(t2) {
  return this._runTask(
    g(["update-server-info"]),
    u(arguments)
  );
};
f2.prototype.pushTags = function(t2, e) {
  const n = Mr(
    { remote: d(t2, m) },
    h2(arguments)
  );
  return this._runTask(n, u(arguments));
};
f2.prototype.rm = function(t2) {
  return this._runTask(
    g(["rm", "-f", ...v(t2)]),
    u(arguments)
  );
};
f2.prototype.rmKeepLocal = function(t2) {
  return this._runTask(
    g(["rm", "--cached", ...v(t2)]),
    u(arguments)
  );
};
f2.prototype.catFile = function(t2, e) {
  return this._catFile("utf-8", arguments);
};
f2.prototype.binaryCatFile = function() {
  return this._catFile("buffer", arguments);
};
f2.prototype._catFile = function(t2, e) {
  var n = u(e), r2 = ["cat-file"], s = e[0];
  if (typeof s == "string")
    return this._runTask(
      b2("Git.catFile: options must be supplied as an array of strings"),
      n
    );
  Array.isArray(s) && r2.push.apply(r2, s);
  const o2 = t2 === "buffer" ? Gt(r2) : g(r2);
  return this._runTask(o2, n);
};
f2.prototype.diff = function(t2, e) {
  const n = m(t2) ? b2(
    "git.diff: supplying options as a single string is no longer supported, switch to an array of strings"
  ) : g(["diff", ...h2(arguments)]);
  return this._runTask(n, u(arguments));
};
f2.prototype.diffSummary = function() {
  return this._runTask(
    fr(h2(arguments, 1)),
    u(arguments)
  );
};
f2.prototype.applyPatch = function(t2) {
  const e = G2(t2) ? Yr(v(t2), h2([].slice.call(arguments, 1))) : b2(
    "git.applyPatch requires one or more string patches as the first argument"
  );
  return this._runTask(e, u(arguments));
};
f2.prototype.revparse = function() {
  const t2 = ["rev-parse", ...h2(arguments, true)];
  return this._runTask(
    g(t2, true),
    u(arguments)
  );
};
f2.prototype.clean = function(t2, e, n) {
  const r2 = un(t2), s = r2 && t2.join("") || d(t2, m) || "", o2 = h2([].slice.call(arguments, r2 ? 1 : 0));
  return this._runTask(
    on(s, o2),
    u(arguments)
  );
};
f2.prototype.exec = function(t2) {
  const e = {
    commands: [],
    format: "utf-8",
    parser() {
      typeof t2 == "function" && t2();
    }
  };
  return this._runTask(e);
};
f2.prototype.checkIgnore = function(t2, e) {
  return this._runTask(
    fs(v(d(t2, G2, []))),
    u(arguments)
  );
};
f2.prototype.checkIsRepo = function(t2, e) {
  return this._runTask(
    We(d(t2, m)),
    u(arguments)
  );
};
function Is(t2) {
  return t2 ? [{
    type: "spawn.before",
    action(r2, s) {
      t2.aborted && s.kill(new A2(void 0, "abort", "Abort already signaled"));
    }
  }, {
    type: "spawn.after",
    action(r2, s) {
      function o2() {
        s.kill(new A2(void 0, "abort", "Abort signal received"));
      }
      t2.addEventListener("abort", o2), s.spawned.on("close", () => t2.removeEventListener("abort", o2));
    }
  }] : void 0;
}
var Us = $2("", "plugin:allowEnvironment");
function Fs(t2, e = false) {
  const n = new Set(t2.map((r2) => r2.toLowerCase().trim()));
  return {
    type: "spawn.options",
    action(r2, s) {
      const o2 = { ...r2.env ?? process.env }, i = new Set(
        Object.keys(s.env).map((a) => a.toLowerCase().trim())
      );
      for (const a of Object.keys(o2)) {
        const c3 = a.toLowerCase().trim();
        if (!(!Gs(c3) || n.has(c3))) {
          if (i.has(c3))
            throw new A2(
              void 0,
              "allowEnvironment",
              `Use of "${a}" is blocked by the environment guard - add it to the allowEnvironment option to permit it`
            );
          Us("removing ambient guarded environment variable %s", a), delete o2[a];
        }
      }
      return {
        ...r2,
        env: {
          ...o2,
          GIT_TEST_DISALLOW_ABBREVIATED_OPTIONS: String(!e)
        }
      };
    }
  };
}
function Gs(t2) {
  const e = t2.toLowerCase().trim();
  return e.startsWith("git_") || _(e);
}
function zs(t2 = {}) {
  return {
    type: "spawn.args",
    action(e, { env: n }) {
      for (const r2 of oe(e, n))
        if (t2[r2.category] !== true)
          throw new A2(void 0, "unsafe", r2.message);
      return e;
    }
  };
}
function qs(t2) {
  const e = U(t2, "-c");
  return {
    type: "spawn.args",
    action(n) {
      return [...e, ...n];
    }
  };
}
var $t = (0, import_promise_deferred.deferred)().promise;
function Ws({
  onClose: t2 = true,
  onExit: e = 50
} = {}) {
  function n() {
    let s = -1;
    const o2 = {
      close: (0, import_promise_deferred.deferred)(),
      closeTimeout: (0, import_promise_deferred.deferred)(),
      exit: (0, import_promise_deferred.deferred)(),
      exitTimeout: (0, import_promise_deferred.deferred)()
    }, i = Promise.race([
      t2 === false ? $t : o2.closeTimeout.promise,
      e === false ? $t : o2.exitTimeout.promise
    ]);
    return r2(t2, o2.close, o2.closeTimeout), r2(e, o2.exit, o2.exitTimeout), {
      close(a) {
        s = a, o2.close.done();
      },
      exit(a) {
        s = a, o2.exit.done();
      },
      get exitCode() {
        return s;
      },
      result: i
    };
  }
  function r2(s, o2, i) {
    s !== false && (s === true ? o2.promise : o2.promise.then(() => wt(s))).then(i.done);
  }
  return {
    type: "spawn.after",
    async action(s, { spawned: o2, close: i }) {
      const a = n();
      let c3 = true, y2 = () => {
        c3 = false;
      };
      o2.stdout?.on("data", y2), o2.stderr?.on("data", y2), o2.on("error", y2), o2.on("close", (w2) => a.close(w2)), o2.on("exit", (w2) => a.exit(w2));
      try {
        await a.result, c3 && await wt(50), i(a.exitCode);
      } catch (w2) {
        i(a.exitCode, w2);
      }
    }
  };
}
var we = $2("", "plugin:binary");
var Hs = "Invalid value supplied for custom binary, requires a single string or an array containing either one or two strings";
var Ks = "Invalid value supplied for custom binary, restricted characters must be removed or supply the unsafe.allowUnsafeCustomBinary option";
function Vs(t2) {
  return !t2 || !/^([a-z]:)?([a-z0-9/.\\_~-]+)$/i.test(t2);
}
function Pt(t2, e) {
  if (t2.length < 1 || t2.length > 2)
    throw new A2(void 0, "binary", Hs);
  if (t2.some(Vs))
    if (e)
      we("permitted unsafe binary %o", t2);
    else
      throw new A2(void 0, "binary", Ks);
  const [r2, s] = t2;
  return {
    binary: r2,
    prefix: s
  };
}
function Xs(t2, e = ["git"], n = false) {
  let r2 = Pt(v(e), n);
  t2.on("binary", (s) => {
    r2 = Pt(v(s), n), we.info("reconfiguring %o", r2);
  }), t2.append("spawn.binary", () => r2.binary), t2.append("spawn.args", (s) => r2.prefix ? [r2.prefix, ...s] : s);
}
var be = {
  DISALLOWED_ABBREVIATED: {
    text: "disallowed abbreviated or ambiguous option",
    solution: "Unambiguous abbreviated options blocked with unsafe.allowAbbreviatedOptions setting: {message}"
  },
  UNKNOWN: {
    text: "~ unknown ~",
    solution: void 0
  }
};
function Ys(t2) {
  if (!t2)
    return "UNKNOWN";
  for (const [e, { text: n }] of Object.entries(be))
    if (t2.startsWith(`fatal: ${n}`))
      return e;
  return "UNKNOWN";
}
var Qs = class extends O2 {
  constructor(e = "") {
    const n = Ys(e);
    super(void 0, be[n].solution?.replace("{message}", e) ?? e), this.reason = n;
  }
};
function Js(t2) {
  return !!(t2.exitCode && t2.stdErr.length);
}
function Zs(t2) {
  return Buffer.concat([...t2.stdOut, ...t2.stdErr]);
}
function to(t2 = false, e = Js, n = Zs) {
  return (r2, s) => !t2 && r2 || !e(s) ? r2 : n(s);
}
function eo(t2, e) {
  return t2 === 128 && e.startsWith("fatal:") ? new Qs(e) : new O2(void 0, e);
}
function Mt(t2) {
  return {
    type: "task.error",
    action(e, n) {
      const r2 = t2(e.error, {
        stdErr: n.stdErr,
        stdOut: n.stdOut,
        exitCode: n.exitCode
      });
      return Buffer.isBuffer(r2) ? {
        error: eo(n.exitCode, r2.toString("utf-8"))
      } : {
        error: r2
      };
    }
  };
}
var nt = $2("", "plugin:input");
function no(t2) {
  return {
    type: "spawn.after",
    action(e, { commands: n, input: r2, spawned: { stdin: s } }) {
      if (!s)
        return;
      const o2 = t2?.([...n]) ?? r2;
      if (!o2)
        return nt("generated zero length content, not writing to stdin");
      nt("writing %s bytes to stdin", Le(o2)), s.on("error", (i) => {
        i.code !== "EPIPE" && nt("[ERROR] stdin error %o", i);
      }), s.end(o2);
    }
  };
}
var ro = class {
  constructor() {
    this.plugins = /* @__PURE__ */ new Set(), this.events = new Ce();
  }
  on(e, n) {
    this.events.on(e, n);
  }
  reconfigure(e, n) {
    this.events.emit(e, n);
  }
  append(e, n) {
    const r2 = S2(this.plugins, { type: e, action: n });
    return () => this.plugins.delete(r2);
  }
  add(e) {
    const n = [];
    return v(e).forEach(
      (r2) => {
        r2 && this.plugins.add(S2(n, r2));
      }
    ), () => {
      n.forEach((r2) => {
        this.plugins.delete(r2);
      });
    };
  }
  exec(e, n, r2) {
    let s = n;
    const o2 = Object.freeze(Object.create(r2));
    for (const i of this.plugins)
      i.type === e && (s = i.action(s, o2));
    return s;
  }
};
function so(t2) {
  const e = "--progress", n = ["checkout", "clone", "fetch", "pull", "push"];
  return [{
    type: "spawn.args",
    action(o2, i) {
      return n.includes(i.method) ? De(o2, e) : o2;
    }
  }, {
    type: "spawn.after",
    action(o2, i) {
      i.commands.includes(e) && i.spawned.stderr?.on("data", (a) => {
        const c3 = /^([\s\S]+?):\s*(\d+)% \((\d+)\/(\d+)\)/.exec(a.toString("utf8"));
        c3 && t2({
          method: i.method,
          stage: oo(c3[1]),
          progress: p(c3[2]),
          processed: p(c3[3]),
          total: p(c3[4])
        });
      });
    }
  }];
}
function oo(t2) {
  return String(t2.toLowerCase().split(" ", 1)) || "unknown";
}
function io(t2) {
  const e = je(t2, ["uid", "gid"]);
  return {
    type: "spawn.options",
    action(n) {
      return { ...e, ...n };
    }
  };
}
function ao() {
  return {
    type: "spawn.args",
    action(t2) {
      const e = [];
      let n;
      function r2(s) {
        (n = n || []).push(...s);
      }
      for (let s = 0; s < t2.length; s++) {
        const o2 = t2[s];
        if (r(o2)) {
          r2(o(o2));
          continue;
        }
        if (o2 === "--") {
          r2(
            t2.slice(s + 1).flatMap((i) => r(i) && o(i) || i)
          );
          break;
        }
        e.push(o2);
      }
      return n ? [...e, "--", ...n.map(String)] : e;
    }
  };
}
function uo({
  block: t2,
  stdErr: e = true,
  stdOut: n = true
}) {
  if (t2 > 0)
    return {
      type: "spawn.after",
      action(r2, s) {
        let o2;
        function i() {
          o2 && clearTimeout(o2), o2 = setTimeout(c3, t2);
        }
        function a() {
          s.spawned.stdout?.off("data", i), s.spawned.stderr?.off("data", i), s.spawned.off("exit", a), s.spawned.off("close", a), o2 && clearTimeout(o2);
        }
        function c3() {
          a(), s.kill(new A2(void 0, "timeout", "block timeout reached"));
        }
        n && s.spawned.stdout?.on("data", i), e && s.spawned.stderr?.on("data", i), s.spawned.on("exit", a), s.spawned.on("close", a), i();
      }
    };
}
var wo = (t2, e) => {
  const n = new ro(), r2 = Ge(
    t2 && (typeof t2 == "string" ? { baseDir: t2 } : t2) || {},
    e
  );
  if (!Lt(r2.baseDir))
    throw new Ae(
      r2,
      "Cannot use simple-git on a directory that does not exist"
    );
  return Array.isArray(r2.config) && n.add(qs(r2.config)), n.add(zs(r2.unsafe)), n.add(Ws(r2.completion)), r2.abort && n.add(Is(r2.abort)), r2.progress && n.add(so(r2.progress)), r2.timeout && n.add(uo(r2.timeout)), r2.spawnOptions && n.add(io(r2.spawnOptions)), n.add(ao()), n.add(no(r2.input)), n.add(Mt(to(true))), r2.errors && n.add(Mt(r2.errors)), Xs(n, r2.binary, r2.unsafe?.allowUnsafeCustomBinary), n.add(
    Fs(r2.allowEnvironment ?? [], r2.unsafe?.allowAbbreviatedOptions)
  ), new f2(r2, n);
};

// src/adapters/git/object-reader.ts
import { spawn } from "node:child_process";
function openObjectReader(options) {
  let session = null;
  function ask(command, id) {
    if (!isObjectName(id)) return Promise.reject(new GitFailure("Reading an object needs its full name."));
    if (session === null || session.isOver) session = new Session(options);
    return session.ask(command, id);
  }
  return {
    info: (id) => ask("info", id),
    contents: (id) => ask("contents", id),
    close: async () => {
      const open4 = session;
      session = null;
      await open4?.close();
    }
  };
}
var Session = class {
  isOver = false;
  #child;
  #waiting = [];
  #exit;
  #chunks = [];
  #buffered = 0;
  /** Bytes that must be there before it is worth looking again. */
  #wanted = 1;
  #stderr = "";
  constructor(options) {
    this.#child = spawn("git", ["cat-file", "--batch-command"], {
      env: { ...options.env },
      cwd: options.cwd,
      // Not in the terminal's process group, so that Ctrl-C leaves it; it ends when its input does.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"]
    });
    this.#child.stdout.on("data", (chunk) => this.#take(chunk));
    this.#child.stderr.on("data", (chunk) => {
      this.#stderr = (this.#stderr + chunk.toString("utf8")).slice(-4e3);
    });
    this.#child.stdin.on("error", () => void 0);
    this.#exit = new Promise((resolve) => {
      this.#child.on("error", () => this.#end(null, resolve));
      this.#child.on("close", (code) => this.#end(code, resolve));
    });
    this.#holdProcessOpen(false);
  }
  ask(command, id) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command, id, resolve, reject });
      this.#holdProcessOpen(true);
      this.#child.stdin.write(`${command} ${id}
`);
    });
  }
  async close() {
    this.isOver = true;
    this.#child.stdin.end();
    this.#child.ref();
    await this.#exit;
  }
  /** An idle reader must not keep the program from ending; its closed standard input ends it in turn. */
  #holdProcessOpen(hold) {
    const change = hold ? "ref" : "unref";
    this.#child[change]();
    for (const stream of this.#child.stdio) stream?.[change]?.();
  }
  #take(chunk) {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    while (this.#buffered >= this.#wanted && this.#answerNext()) ;
    if (this.#waiting.length === 0) this.#holdProcessOpen(false);
  }
  /** Answers the first request if all of its bytes are there. */
  #answerNext() {
    const request = this.#waiting[0];
    if (request === void 0) return false;
    const bytes = this.#joined();
    const lineEnd = bytes.indexOf(10);
    if (lineEnd === -1) return false;
    const [name, type, size] = bytes.toString("latin1", 0, lineEnd).split(" ");
    const isFound = name === request.id && size !== void 0 && type !== void 0;
    const length = isFound ? Number(size) : 0;
    const hasData = isFound && request.command === "contents";
    const total = lineEnd + 1 + (hasData ? length + 1 : 0);
    if (bytes.length < total) {
      this.#wanted = total;
      return false;
    }
    const data = hasData ? Buffer.from(bytes.subarray(lineEnd + 1, total - 1)) : Buffer.alloc(0);
    this.#chunks = [bytes.subarray(total)];
    this.#buffered = bytes.length - total;
    this.#wanted = 1;
    this.#waiting.shift();
    request.resolve(isFound ? { type, size: length, data } : null);
    return this.#buffered > 0;
  }
  #joined() {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : void 0;
    if (bytes !== void 0) return bytes;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
  #end(exitCode, resolve) {
    this.isOver = true;
    for (const request of this.#waiting.splice(0))
      request.reject(failureOf(`reading object ${request.id}`, { exitCode, stderr: this.#stderr }));
    resolve();
  }
};

// src/adapters/git/object-writer.ts
import { createHash as createHash2, randomBytes } from "node:crypto";
import { chmod as chmod2, mkdir as mkdir2, open, rename, rm as rm2, stat as stat3, utimes as utimes2 } from "node:fs/promises";
import path4 from "node:path";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
var deflated = promisify(deflate);
function openObjectWriter(options) {
  return {
    async write(type, content) {
      const header = Buffer.from(`${type} ${content.length}\0`, "latin1");
      const id = createHash2(options.objectFormat).update(header).update(content).digest("hex");
      const folder = path4.join(options.objectsDir, id.slice(0, 2));
      const target = path4.join(folder, id.slice(2));
      if (await freshen(target)) return id;
      const bytes = await deflated(Buffer.concat([header, content]), { level: 1 });
      try {
        await placeObject(options.objectsDir, folder, target, bytes);
      } catch (error) {
        const code = error.code;
        throw new GitFailure(
          `Objects cannot be written to '${options.objectsDir}' (${code ?? "unknown error"}). ` + (code === "ENOSPC" ? "Free some disk space" : "Make the folder writable for you") + " and run the same command again.",
          { cause: error, code }
        );
      }
      return id;
    }
  };
}
async function freshen(target) {
  const now = /* @__PURE__ */ new Date();
  try {
    await utimes2(target, now, now);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
async function placeObject(objectsDir, folder, target, bytes) {
  await makeFanOut(objectsDir, folder);
  const temporary = path4.join(folder, `tmp_obj_${randomBytes(8).toString("hex")}`);
  try {
    const file = await open(temporary, "wx", 292);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm2(temporary, { force: true });
    throw error;
  }
}
async function makeFanOut(objectsDir, folder) {
  try {
    await mkdir2(folder);
  } catch (error) {
    if (error.code === "EEXIST") return;
    throw error;
  }
  await chmod2(folder, (await stat3(objectsDir)).mode & 4095);
}

// src/adapters/git/git-context.ts
function makeGitContext(options) {
  const { places, caller } = options;
  const storeEnv = (variables = {}) => composeGitEnv({
    caller,
    scope: "none",
    settings: options.sharing,
    variables: {
      GIT_DIR: places.storeDir,
      GIT_OBJECT_DIRECTORY: places.objectsDir,
      // A shallow clone's cut is in the user's repository; the file is absent in any other.
      GIT_SHALLOW_FILE: path5.join(places.commonDir, "shallow"),
      ...variables
    }
  });
  const repositoryEnv = (scope) => composeGitEnv({ caller, scope, settings: options.hookSwitches, variables: { GIT_DIR: places.commonDir } });
  const env = storeEnv();
  const repository = openSimpleGit(places.commonDir, repositoryEnv("none"));
  return {
    ...places,
    caller,
    storeEnv,
    repositoryEnv,
    objects: {
      reader: openObjectReader({ env, cwd: places.storeDir }),
      writer: openObjectWriter(places),
      idBytes: places.objectFormat === "sha1" ? 20 : 32
    },
    runInStore: (what, run) => runGitOrFail(what, { ...run, env, cwd: places.storeDir }),
    tryInStore: (run) => runGit({ ...run, env, cwd: places.storeDir }),
    runInRepository: async (what, args) => {
      try {
        return await repository.raw([...args]);
      } catch (error) {
        throw failureOf(what, { exitCode: null, stderr: error instanceof Error ? error.message : String(error) });
      }
    }
  };
}
function openSimpleGit(baseDir, env) {
  return wo({
    baseDir,
    allowEnvironment: Object.keys(env),
    // These guard against settings that come from outside; ours are the ones that switch programs off.
    unsafe: {
      allowUnsafeConfigPaths: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeAskPass: true,
      allowUnsafeEditor: true,
      allowUnsafePager: true
    }
  }).env({ ...env });
}
async function readAlternates(objectsDir, depth = 5) {
  let text;
  try {
    text = await readFile3(path5.join(objectsDir, "info", "alternates"), "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw new GitFailure(`The list of alternates in '${objectsDir}' cannot be read. Make it readable.`, {
      cause: error
    });
  }
  const found = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const folder = path5.resolve(objectsDir, line.startsWith('"') ? unquoteC(line) : line);
    if (found.includes(folder)) continue;
    found.push(folder);
    if (depth > 0) found.push(...(await readAlternates(folder, depth - 1)).filter((more) => !found.includes(more)));
  }
  return found.filter((folder) => folder !== objectsDir && !isInside(objectsDir, folder));
}
var C_ESCAPES = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "	",
  v: "\v"
};
function unquoteC(quoted) {
  const inner = quoted.replace(/^"|"$/g, "");
  const bytes = [];
  for (const [piece, octal, letter] of inner.matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/gs)) {
    if (octal !== void 0) bytes.push(Buffer.from([Number.parseInt(octal, 8) & 255]));
    else bytes.push(Buffer.from(letter === void 0 ? piece : C_ESCAPES[letter] ?? letter, "utf8"));
  }
  return Buffer.concat(bytes).toString("utf8");
}
function quoteAlternate(folder) {
  const escaped = folder.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `"${escaped}"`;
}

// src/adapters/git/intake-program.ts
var INTAKE_EXIT = {
  /** Some path could not be added: unreadable, no file, or a repository without commits. */
  unreadable: 3,
  gitFailed: 4,
  diskFull: 5,
  usage: 64
};
var INTAKE_PROGRAM = `set -u
export LC_ALL=C GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0
base=\${1-}
if [ -z "$base" ] || [ -z "\${GIT_DIR-}" ] || [ -z "\${GIT_WORK_TREE-}" ]; then
  echo 'usage: GIT_DIR=DIR GIT_WORK_TREE=DIR sh intake.sh BASE' >&2
  exit ${INTAKE_EXIT.usage}
fi
log=$GIT_DIR/espalier-intake.log

fail() {
  cat "$log" >&2
  if grep -q -e 'No space left on device' -e 'Disk quota exceeded' "$log"; then exit ${INTAKE_EXIT.diskFull}; fi
  exit "$1"
}

cd "$GIT_WORK_TREE" 2>"$log" || fail ${INTAKE_EXIT.gitFailed}
: >"$log" || exit ${INTAKE_EXIT.diskFull}

# An index without the files' times makes git read every file and, since it cannot touch the objects that it finds in
# a read-only store, write each of them again. Refreshing only reads; what fails in it is met again below. Files as
# young as the index would be read again all the same: it is given a later time. That hides no change, because an index
# that is written marks each file that only looks unchanged, so it is written in any case.
git update-index -q --refresh --force-write-index >/dev/null 2>&1
touch -t 203712312359 "$GIT_DIR/index" 2>/dev/null

git -c core.looseCompression=0 -c core.safecrlf=false -c advice.addEmbeddedRepo=false \\
  add --all --ignore-errors -- . >/dev/null 2>"$log" || fail ${INTAKE_EXIT.unreadable}
# A folder that cannot be opened is only a warning to git; here it would be work lost.
if grep -q '^warning: could not open directory' "$log"; then fail ${INTAKE_EXIT.unreadable}; fi

tree=$(git write-tree 2>"$log") || fail ${INTAKE_EXIT.gitFailed}
base_tree=$(git rev-parse --verify --end-of-options "$base^{tree}" 2>"$log") || fail ${INTAKE_EXIT.gitFailed}
printf '%s\\n' "$tree" || exit ${INTAKE_EXIT.gitFailed}
printf '%s\\n^%s\\n' "$tree" "$base_tree" |
  git pack-objects --revs --stdout -q --threads=1 --compression=1 2>"$log" || fail ${INTAKE_EXIT.gitFailed}
`;
function explainIntakeExit(exitCode, stderr) {
  const said = quoteForPerson(stderr) || "nothing was said";
  if (exitCode === 0) return null;
  if (exitCode === INTAKE_EXIT.diskFull || saysDiskFull(stderr))
    return "The disk is full (No space left on device) while the changed files were collected.";
  if (exitCode === INTAKE_EXIT.unreadable) return `Some files cannot be taken in: ${said}.`;
  return `Git could not collect the changed files (code ${exitCode}): ${said}.`;
}

// src/adapters/git/intake.ts
import { chmod as chmod3, mkdir as mkdir3, mkdtemp, readdir as readdir3, readFile as readFile4, rename as rename2, rm as rm3, stat as stat4 } from "node:fs/promises";
import path6 from "node:path";

// src/adapters/git/intake-stream.ts
var MAX_NAME_LENGTH = 64;
var NEWLINE = 10;
async function splitIntakeStream(chunks) {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  for (; ; ) {
    const next = await iterator.next();
    if (next.done) return { kind: "cut-short" };
    head = Buffer.concat([head, next.value]);
    const lineEnd = head.subarray(0, MAX_NAME_LENGTH + 1).indexOf(NEWLINE);
    if (lineEnd !== -1) {
      const tree = head.toString("latin1", 0, lineEnd);
      if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(tree)) return { kind: "malformed" };
      return { kind: "split", tree, pack: rest(head.subarray(lineEnd + 1), iterator) };
    }
    if (head.length > MAX_NAME_LENGTH) return { kind: "malformed" };
  }
}
async function* rest(first, iterator) {
  try {
    if (first.length > 0) yield first;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

// src/adapters/git/intake.ts
var DEFAULT_TIMEOUT_MS = 12e4;
var MAX_ENTRIES = 2e6;
var MAX_PATH_BYTES = 4095;
var MAX_OBJECT_MEMORY = "256m";
var PACK_INDEX_MAGIC = 4285812579;
var PACK_INDEX_NAMES = 8 + 256 * 4;
async function takeIn(context, options) {
  const stream = await splitIntakeStream(options.stdout);
  if (stream.kind === "cut-short") return { kind: "cut-short", because: "it ended before naming a tree" };
  if (stream.kind === "malformed") return refused("it does not begin with the name of a tree");
  if (stream.tree.length !== context.objects.idBytes * 2) return refused("its tree is named by another kind of hash");
  const quarantine = await makeQuarantine(context);
  try {
    const intake = {
      context,
      quarantine,
      deadline: Date.now() + (options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      env: context.storeEnv({
        GIT_OBJECT_DIRECTORY: quarantine,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: quoteAlternate(context.objectsDir),
        GIT_ALLOC_LIMIT: MAX_OBJECT_MEMORY
      })
    };
    return await indexPack(intake, stream.pack, options.maxBytes) ?? await checkTree(intake, stream.tree) ?? await keepPack(intake, stream.tree);
  } finally {
    await rm3(quarantine, { recursive: true, force: true });
  }
}
function refused(because) {
  return { kind: "refused", because };
}
async function makeQuarantine(context) {
  try {
    const folder = await mkdtemp(path6.join(context.objectsDir, "tmp_objdir-espalier-"));
    await mkdir3(path6.join(folder, "pack"));
    return folder;
  } catch (error) {
    const code = error.code;
    throw new GitFailure(
      `Objects cannot be written to '${context.objectsDir}' (${code ?? "unknown error"}). Make room there, or make the folder writable for you.`,
      { cause: error, code }
    );
  }
}
async function indexPack(intake, pack, maxBytes) {
  const counted = countBytes(pack, maxBytes);
  const exit = await runChecked(intake, {
    // `badFilemode` is only a hint to git, but no mode besides git's own five is ever made honestly.
    args: ["index-pack", "--strict=badFilemode=error", "--stdin", `--max-input-size=${maxBytes}`],
    input: counted.chunks
  });
  if (counted.isOver()) return refused(`it has more than ${maxBytes} bytes`);
  if (exit.exitCode === 0) return null;
  if (exit.cutOff === "time") return refused("checking its objects took too long");
  if (saysDiskFull(exit.stderr)) throw diskFull();
  if (/early EOF|fetch-pack: unexpected disconnect/.test(exit.stderr))
    return { kind: "cut-short", because: "it ended in the middle of the pack" };
  return refused(`its objects are not sound: ${quoteForPerson(exit.stderr, 300) || "git gave no reason"}`);
}
async function checkTree(intake, tree) {
  const [reached, shape] = await Promise.all([listReached(intake, tree), checkShape(intake, tree)]);
  if (typeof reached === "string") return refused(reached);
  if (shape !== null) return refused(shape);
  for (const id of await listPacked(intake))
    if (!reached.has(id)) return refused(`object ${id} is no part of its tree`);
  return null;
}
async function listReached(intake, tree) {
  const exit = await runChecked(intake, { args: ["rev-list", "--objects", "--no-object-names", `${tree}^{tree}`] });
  if (exit.cutOff === "time") return "checking its tree took too long";
  if (exit.exitCode !== 0)
    return `tree ${tree} is not whole: ${quoteForPerson(exit.stderr, 300) || "git gave no reason"}`;
  return new Set(exit.stdout.toString("latin1").split("\n"));
}
async function checkShape(intake, tree) {
  let entries = 0;
  let pathBytes = 0;
  let longest = 0;
  const exit = await runChecked(intake, {
    args: ["ls-tree", "-r", "-t", "-z", "--name-only", "--full-tree", tree],
    onStdout: (chunk) => {
      for (const byte of chunk) {
        if (byte !== 0) {
          pathBytes += 1;
          continue;
        }
        entries += 1;
        longest = Math.max(longest, pathBytes);
        pathBytes = 0;
      }
      longest = Math.max(longest, pathBytes);
      return entries <= MAX_ENTRIES && longest <= MAX_PATH_BYTES;
    }
  });
  if (longest > MAX_PATH_BYTES) return `it has a path of over ${MAX_PATH_BYTES} bytes`;
  if (entries > MAX_ENTRIES) return `it has more than ${MAX_ENTRIES} paths`;
  if (exit.cutOff === "time") return "listing its paths took too long";
  if (exit.exitCode !== 0) return `its paths cannot be listed: ${quoteForPerson(exit.stderr, 300) || "too deep"}`;
  return null;
}
async function listPacked(intake) {
  const folder = path6.join(intake.quarantine, "pack");
  const name = (await readdir3(folder)).find((candidate) => candidate.endsWith(".idx"));
  if (name === void 0) return [];
  const index = await readFile4(path6.join(folder, name));
  if (index.readUInt32BE(0) !== PACK_INDEX_MAGIC || index.readUInt32BE(4) !== 2)
    throw new GitFailure(
      "The index that git wrote for a pack is of an unknown version. Use a released version of git."
    );
  const { idBytes } = intake.context.objects;
  const count = index.readUInt32BE(PACK_INDEX_NAMES - 4);
  return Array.from({ length: count }, (_3, at2) => {
    const start = PACK_INDEX_NAMES + at2 * idBytes;
    return index.toString("hex", start, start + idBytes);
  });
}
async function keepPack(intake, tree) {
  const from = path6.join(intake.quarantine, "pack");
  const to2 = path6.join(intake.context.objectsDir, "pack");
  const names = await readdir3(from);
  if ((await listPacked(intake)).length === 0) return { kind: "taken", tree };
  await mkdir3(to2, { recursive: true });
  const mode = (await stat4(to2)).mode & 292;
  for (const ending of [".pack", ".rev", ".idx"]) {
    for (const name of names.filter((candidate) => candidate.endsWith(ending))) {
      await chmod3(path6.join(from, name), mode | 256);
      await rename2(path6.join(from, name), path6.join(to2, name));
    }
  }
  return { kind: "taken", tree };
}
async function runChecked(intake, run) {
  return runGit({
    ...run,
    env: intake.env,
    cwd: intake.context.storeDir,
    timeoutMs: Math.max(1, intake.deadline - Date.now())
  });
}
function countBytes(chunks, maxBytes) {
  let seen = 0;
  async function* pass() {
    for await (const chunk of chunks) {
      seen += chunk.length;
      if (seen > maxBytes) return;
      yield chunk;
    }
  }
  return { chunks: pass(), isOver: () => seen > maxBytes };
}
function diskFull() {
  return new GitFailure("The disk is full (No space left on device) while changes were taken in. Free some space.", {
    code: "ENOSPC"
  });
}

// src/adapters/git/merges.ts
async function mergeCommits(context, ours, theirs) {
  const exit = await context.tryInStore({
    args: ["merge-tree", "--write-tree", "-z", "--messages", "--name-only", ours, theirs]
  });
  if (exit.exitCode !== 0 && exit.exitCode !== 1 || exit.stdout.length === 0)
    throw failureOf(`merging ${theirs} into ${ours}`, exit);
  const records = splitNul(exit.stdout);
  const tree = records[0]?.toString("latin1") ?? "";
  if (exit.exitCode === 0) return { kind: "clean", tree };
  return { kind: "conflict", tree, conflicts: readConflicts(records.slice(1)) };
}
function readConflicts(records) {
  const gap = records.findIndex((record) => record.length === 0);
  const names = (gap === -1 ? records : records.slice(0, gap)).map(decodePath);
  const reasons = new Map(names.map((path10) => [path10, ""]));
  const messages = gap === -1 ? [] : records.slice(gap + 1);
  for (let at2 = 0; at2 < messages.length; ) {
    const count = Number(messages[at2]?.toString("latin1"));
    if (!Number.isInteger(count)) break;
    const paths = messages.slice(at2 + 1, at2 + 1 + count).map(decodePath);
    const type = messages[at2 + 1 + count]?.toString("utf8") ?? "";
    const text = quoteForPerson(messages[at2 + 2 + count]?.toString("utf8") ?? "");
    at2 += count + 3;
    if (!type.startsWith("CONFLICT")) continue;
    for (const path10 of paths) {
      const before = reasons.get(path10) ?? "";
      reasons.set(path10, before === "" ? text : `${before}; ${text}`);
    }
  }
  return [...reasons].map(([path10, because]) => ({ path: path10, because: because === "" ? "both sides changed it" : because }));
}

// src/adapters/git/pack-file.ts
import { createHash as createHash3 } from "node:crypto";
import { open as open2, rm as rm4 } from "node:fs/promises";
async function writePack(context, options) {
  const baseTree = await treeAt(context, options.base);
  const file = await open2(options.path, "wx", 384);
  const digest = createHash3("sha256");
  let bytes = 0;
  let writing = Promise.resolve();
  const add = (chunk) => {
    bytes += chunk.length;
    if (bytes > options.maxBytes) return false;
    digest.update(chunk);
    writing = writing.then(() => file.writeFile(chunk));
    writing.catch(() => void 0);
    return true;
  };
  let isWhole = false;
  try {
    add(Buffer.from(`${options.tree}
`, "latin1"));
    const exit = await context.tryInStore({
      args: ["pack-objects", "--revs", "--stdout", "-q", "--threads=1"],
      input: `${options.tree}
^${baseTree}
`,
      onStdout: add
    });
    if (bytes > options.maxBytes) return { kind: "too-large" };
    if (exit.exitCode !== 0) throw failureOf(`packing tree ${options.tree}`, exit);
    await writing;
    isWhole = true;
    return { kind: "written", bytes, sha256: digest.digest("hex") };
  } finally {
    await writing.catch(() => void 0);
    await file.close();
    if (!isWhole) await rm4(options.path, { force: true });
  }
}

// src/adapters/git/private-git-dir.ts
import { copyFile as copyFile2, mkdir as mkdir4, writeFile } from "node:fs/promises";
import path7 from "node:path";
async function createPrivateGitDir(context, options) {
  const alternates = [options.objectsInside, ...options.alternatesInside ?? []];
  if (alternates.length !== context.alternateDirs.length + 1)
    throw new GitFailure("A private git directory needs one inside path for each alternate object folder.");
  await mkdir4(path7.dirname(options.path), { recursive: true });
  await mkdir4(options.path, { mode: 448 });
  try {
    await writeParts(context, options, alternates);
  } catch (error) {
    await removeFolder(options.path).catch(() => void 0);
    throw error;
  }
}
async function writeParts(context, options, alternates) {
  const at2 = (...parts) => path7.join(options.path, ...parts);
  await Promise.all(
    ["objects/info", "objects/pack", "refs/heads", "info"].map((part) => mkdir4(at2(part), { recursive: true }))
  );
  await Promise.all([
    writeFile(at2("HEAD"), "ref: refs/heads/work\n"),
    writeFile(at2("refs", "heads", "work"), `${options.head}
`),
    writeFile(at2("config"), configText(context, options.worktreeInside)),
    writeFile(at2("objects", "info", "alternates"), alternates.map((folder) => `${quoteAlternate(folder)}
`).join("")),
    writeExclude(context, at2("info", "exclude"), options.exclude ?? []),
    copyIfThere(path7.join(context.commonDir, "shallow"), at2("shallow")),
    writeIndex(context, options, at2("index"))
  ]);
}
async function writeIndex(context, options, target) {
  if (options.worktree !== void 0 && await copyFirstIndex(context, options.worktree, options.tree, target)) return;
  await runGitOrFail("preparing a private git directory", {
    args: ["read-tree", options.tree],
    env: context.storeEnv({ GIT_INDEX_FILE: target }),
    cwd: context.storeDir
  });
}
function configText(context, worktreeInside) {
  const isSha256 = context.objectFormat === "sha256";
  const quoted = `"${worktreeInside.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
  return [
    "[core]",
    `	repositoryformatversion = ${isSha256 ? 1 : 0}`,
    "	filemode = true",
    "	bare = false",
    "	logallrefupdates = true",
    "	protectHFS = true",
    "	protectNTFS = true",
    `	worktree = ${quoted}`,
    ...isSha256 ? ["[extensions]", "	objectFormat = sha256"] : [],
    "[user]",
    "	name = Espalier agent",
    "	email = agent@espalier.invalid",
    "[gc]",
    "	auto = 0",
    ""
  ].join("\n");
}
async function writeExclude(context, target, exclude) {
  await copyIfThere(path7.join(context.commonDir, "info", "exclude"), target);
  const lines = exclude.map((name) => `/${name.replace(/[\\*?[\] !#]/g, "\\$&")}
`);
  if (lines.length > 0) await writeFile(target, `
${lines.join("")}`, { flag: "a" });
}
async function copyIfThere(from, to2) {
  try {
    await copyFile2(from, to2);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

// src/adapters/git/repository-facts.ts
import { lstat as lstat3 } from "node:fs/promises";
import path8 from "node:path";
async function readUserSettings(folder, caller) {
  const config = await readConfig(folder, composeGitEnv({ caller, scope: "user" }));
  const hooks = /* @__PURE__ */ new Set();
  const sharing = [];
  for (const [key, value] of config) {
    const hook = /^hook\.(.+)\.[a-z0-9-]+$/s.exec(key)?.[1];
    if (hook !== void 0) hooks.add(hook);
    if (key === "core.sharedrepository") sharing.push(["core.sharedRepository", value]);
  }
  return { hookSwitches: [...hooks].map((name) => [`hook.${name}.enabled`, "false"]), sharing };
}
async function readConfig(folder, env) {
  const exit = await runGit({ args: ["config", "--list", "-z"], env, cwd: folder });
  if (exit.exitCode !== 0) throw failureOf("reading the configuration", exit);
  return splitNul(exit.stdout).map((record) => {
    const text = record.toString("utf8");
    const at2 = text.indexOf("\n");
    return at2 === -1 ? [text, "true"] : [text.slice(0, at2), text.slice(at2 + 1)];
  });
}
async function inspectRepository(context) {
  const gitDir = context.topLevel === null ? context.commonDir : await findAdminDir(context, context.topLevel) ?? context.commonDir;
  const env = { ...context.repositoryEnv("user"), GIT_DIR: gitDir };
  const [head, commit, config, isShallow] = await Promise.all([
    runGit({ args: ["symbolic-ref", "--quiet", "HEAD"], env, cwd: gitDir }),
    runGit({ args: ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], env, cwd: gitDir }),
    readConfig(gitDir, env),
    isThere2(path8.join(context.commonDir, "shallow"))
  ]);
  const hasHead = commit.exitCode === 0;
  const [hasCommits, submodules, changes] = await Promise.all([
    hasHead || hasAnyBranch(env, gitDir),
    hasHead ? listSubmodules(context, commit.stdout.toString("latin1").trim()) : [],
    context.topLevel === null ? null : findChanges(context, context.topLevel, gitDir)
  ]);
  const ref = head.exitCode === 0 ? head.stdout.toString("utf8").trim() : "";
  return {
    commonDir: context.commonDir,
    topLevel: context.topLevel,
    headBranch: hasHead && context.topLevel !== null && ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null,
    hasCommits,
    isShallow,
    isDirty: changes !== null,
    submodules,
    objectFormat: context.objectFormat,
    gitVersion: context.gitVersion,
    identity: identityFrom(new Map(config))
  };
}
async function hasAnyBranch(env, cwd) {
  const exit = await runGit({ args: ["for-each-ref", "--count=1", "refs/heads/"], env, cwd });
  return exit.stdout.length > 0;
}
async function listSubmodules(context, commit) {
  const output = await context.runInStore("listing submodules", {
    args: ["ls-tree", "-r", "-z", "--full-tree", commit]
  });
  const marker = Buffer.from("160000 ");
  return splitNul(output).filter((record) => record.subarray(0, marker.length).equals(marker)).map((record) => decodePath(record.subarray(record.indexOf(9) + 1)));
}
function identityFrom(config) {
  const name = config.get("user.name")?.trim();
  const email = config.get("user.email")?.trim();
  return name && email ? { name, email } : null;
}
async function isThere2(file) {
  return lstat3(file).then(
    () => true,
    () => false
  );
}

// src/adapters/git/tree-objects.ts
var TREE_MODE = "040000";
function isFolder(entry) {
  return entry.mode === TREE_MODE;
}
function parseTree(data, idBytes) {
  const entries = [];
  for (let at2 = 0; at2 < data.length; ) {
    const space = data.indexOf(32, at2);
    const nul = data.indexOf(0, space);
    if (space === -1 || nul === -1 || nul + 1 + idBytes > data.length)
      throw new GitFailure("A tree object is corrupt. Run 'git fsck' in the repository.");
    entries.push({
      mode: data.toString("latin1", at2, space).padStart(6, "0"),
      name: decodePath(data.subarray(space + 1, nul)),
      id: data.toString("hex", nul + 1, nul + 1 + idBytes)
    });
    at2 = nul + 1 + idBytes;
  }
  return entries;
}
function serializeTree(entries) {
  const sorted = entries.map((entry) => ({ entry, key: encodePath(isFolder(entry) ? `${entry.name}/` : entry.name) })).sort((a, b3) => Buffer.compare(a.key, b3.key));
  return Buffer.concat(
    sorted.map(
      ({ entry }) => Buffer.concat([
        Buffer.from(`${entry.mode.replace(/^0+/, "")} `, "latin1"),
        encodePath(entry.name),
        Buffer.from([0]),
        Buffer.from(entry.id, "hex")
      ])
    )
  );
}
function splitTreePath(path10) {
  const parts = path10.split("/");
  const isBad = parts.some((part) => part === "" || part === "." || part === ".." || /^\.git$/i.test(part));
  if (isBad || path10.includes("\0"))
    throw new GitFailure(`'${quoteForPerson(path10)}' cannot be a path of a tree: use one like 'folder/file'.`);
  return parts;
}
async function readTree(store, tree) {
  const object = await store.reader.contents(tree);
  if (object?.type !== "tree") throw new GitFailure(`Tree ${tree} is missing. Run 'git fsck' in the repository.`);
  return parseTree(object.data, store.idBytes);
}
async function findEntry(store, tree, path10) {
  let at2 = tree;
  let found = null;
  for (const part of splitTreePath(path10)) {
    if (found !== null && !isFolder(found)) return null;
    found = (await readTree(store, at2)).find((entry) => entry.name === part) ?? null;
    if (found === null) return null;
    at2 = found.id;
  }
  return found;
}
async function editTree(store, tree, edits) {
  const own = /* @__PURE__ */ new Map();
  const below = /* @__PURE__ */ new Map();
  for (const [path10, edit] of edits) {
    const [first = "", ...rest2] = splitTreePath(path10);
    if (rest2.length === 0) {
      own.set(first, edit);
    } else {
      const inside = below.get(first) ?? /* @__PURE__ */ new Map();
      below.set(first, inside.set(rest2.join("/"), edit));
    }
  }
  const entries = new Map((tree === null ? [] : await readTree(store, tree)).map((entry) => [entry.name, entry]));
  for (const [name, edit] of own) {
    if (edit === null) entries.delete(name);
    else entries.set(name, { ...edit, name });
  }
  for (const [name, inside] of below) {
    const old = entries.get(name);
    const addsSomething = [...inside.values()].some((edit) => edit !== null);
    if (old !== void 0 && !isFolder(old) && !addsSomething) continue;
    const id = await editTree(store, old !== void 0 && isFolder(old) ? old.id : null, inside);
    if (id === null) entries.delete(name);
    else entries.set(name, { mode: TREE_MODE, name, id });
  }
  if (entries.size === 0) return null;
  return store.writer.write("tree", serializeTree([...entries.values()]));
}
async function orEmptyTree(store, tree) {
  return tree ?? await store.writer.write("tree", Buffer.alloc(0));
}
async function listFiles(store, tree, under = "") {
  const files = [];
  for (const entry of await readTree(store, tree)) {
    const path10 = `${under}${entry.name}`;
    if (isFolder(entry)) files.push(...await listFiles(store, entry.id, `${path10}/`));
    else if (entry.mode.startsWith("100")) files.push({ path: path10, id: entry.id });
  }
  return files;
}

// src/adapters/git/tree-files.ts
async function readTextFile(context, at2, file, maxBytes) {
  const entry = await findEntry(context.objects, await treeAt(context, at2), file);
  if (entry === null || !entry.mode.startsWith("100")) return null;
  const info = await context.objects.reader.info(entry.id);
  if (info === null || info.size > maxBytes) return null;
  return (await context.objects.reader.contents(entry.id))?.data.toString("utf8") ?? null;
}
async function readTextFiles(context, at2, maxBytes) {
  const texts = [];
  let total = 0;
  for (const { path: file, id } of await listFiles(context.objects, await treeAt(context, at2))) {
    total += (await context.objects.reader.info(id))?.size ?? 0;
    if (total > maxBytes) throw new GitFailure(`The files of ${at2} have more than ${maxBytes} bytes together.`);
    const object = await context.objects.reader.contents(id);
    if (object === null) throw new GitFailure(`Object ${id} is missing. Run 'git fsck' in the repository.`);
    texts.push([file, object.data.toString("utf8")]);
  }
  return Object.fromEntries(texts);
}
async function listPaths(context, tree) {
  const output = await context.runInStore("listing the paths of a tree", {
    args: ["ls-tree", "-r", "-z", "--name-only", "--full-tree", tree]
  });
  return splitNul(output).map(decodePath);
}
async function restorePaths(context, tree, from, paths) {
  const edits = /* @__PURE__ */ new Map();
  for (const target of paths) edits.set(target, await findEntry(context.objects, from, target));
  return orEmptyTree(context.objects, await editTree(context.objects, tree, edits));
}
async function writeTextFiles(context, files) {
  const edits = /* @__PURE__ */ new Map();
  const folders = new Set(Object.keys(files).flatMap(listFolders));
  for (const [file, text] of Object.entries(files)) {
    if (folders.has(file)) throw new GitFailure(`'${quoteForPerson(file)}' cannot be a file and a folder at once.`);
    edits.set(file, { mode: "100644", id: await context.objects.writer.write("blob", Buffer.from(text, "utf8")) });
  }
  return orEmptyTree(context.objects, await editTree(context.objects, null, edits));
}
function listFolders(file) {
  const parts = file.split("/");
  return parts.slice(1).map((_part, at2) => parts.slice(0, at2 + 1).join("/"));
}

// src/adapters/git/open-git.ts
var OLDEST_GIT = [2, 38];
async function openGit(startDir, options) {
  try {
    return await findAndOpen(startDir, options);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return {
      kind: "refused",
      because: error.message,
      nextStep: isFull(error.code) ? "Make room on that disk, and run the same command again." : `Repair it so that 'git status' works in '${quoteForPerson(startDir)}', and run the same command again.`
    };
  }
}
function isFull(code) {
  return code === "ENOSPC" || code === "EDQUOT";
}
async function findAndOpen(startDir, options) {
  const version = await readGitVersion(options.env);
  if (version.kind === "refused") return version;
  const found = await findRepository(startDir, options.env);
  if (found.kind === "refused") return found;
  const { commonDir, topLevel, objectFormat } = found;
  const stateDir = path9.resolve(options.stateDir ?? await resolveStateDir({ commonDir, topLevel, env: options.env }));
  const isInCheckout = topLevel !== null && isInside(stateDir, topLevel) && !isInside(stateDir, commonDir);
  if (isInCheckout)
    return {
      kind: "refused",
      because: `The state folder '${quoteForPerson(stateDir)}' is inside of the checkout, where git and editors see it.`,
      nextStep: "Choose a folder outside of the repository."
    };
  const settings = await readUserSettings(found.checkDir, options.env);
  const storeDir = path9.join(stateDir, "store.git");
  await makeStore(storeDir, objectFormat);
  const objectsDir = await realpath2(path9.join(commonDir, "objects"));
  const context = makeGitContext({
    places: {
      commonDir,
      topLevel,
      objectsDir,
      alternateDirs: await readAlternates(objectsDir),
      stateDir: await realpath2(stateDir),
      storeDir: await realpath2(storeDir),
      objectFormat,
      gitVersion: version.text
    },
    caller: options.env,
    hookSwitches: settings.hookSwitches,
    sharing: settings.sharing
  });
  const git = makeGit(context);
  return { kind: "opened", git, facts: await git.inspect(), stateDir: context.stateDir };
}
async function readGitVersion(env) {
  const nextStep = `Install git ${OLDEST_GIT.join(".")} or newer and put it into PATH.`;
  let output;
  try {
    const exit = await runGit({ args: ["version"], env: composeGitEnv({ caller: env, scope: "none" }), cwd: "/" });
    output = exit.stdout.toString("utf8");
  } catch {
    return { kind: "refused", because: "Git is not installed, or is not in PATH.", nextStep };
  }
  const [, text = "", major = "", minor = ""] = /git version ((\d+)\.(\d+)\S*)/.exec(output) ?? [];
  const isOld = Number(major) < OLDEST_GIT[0] || Number(major) === OLDEST_GIT[0] && Number(minor) < OLDEST_GIT[1];
  if (text === "") return { kind: "refused", because: "The 'git' in PATH does not tell its version.", nextStep };
  if (isOld) return { kind: "refused", because: `Git ${quoteForPerson(text)} is too old.`, nextStep };
  return { kind: "found", text };
}
async function findRepository(startDir, caller) {
  const where = quoteForPerson(startDir);
  const isFolder2 = await stat5(startDir).then(
    (found) => found.isDirectory(),
    () => false
  );
  if (!isFolder2)
    return { kind: "refused", because: `'${where}' is no folder.`, nextStep: "Name the folder of a git repository." };
  const ask = async (...args) => {
    const env = composeGitEnv({ caller, scope: "user", trustsOwner: false });
    const exit = await runGit({ args: ["rev-parse", "--path-format=absolute", ...args], env, cwd: startDir });
    return { exitCode: exit.exitCode, text: exit.stdout.toString("utf8").replace(/\n$/, ""), stderr: exit.stderr };
  };
  const common = await ask("--git-common-dir");
  if (common.exitCode !== 0) return explainNoRepository(where, common.stderr);
  const [format, top] = [await ask("--show-object-format"), await ask("--show-toplevel")];
  return {
    kind: "found",
    commonDir: await realpath2(common.text),
    topLevel: top.exitCode === 0 && top.text !== "" ? await realpath2(top.text) : null,
    objectFormat: format.text === "sha256" ? "sha256" : "sha1",
    checkDir: startDir
  };
}
function explainNoRepository(where, stderr) {
  if (/dubious ownership/.test(stderr))
    return {
      kind: "refused",
      because: `The repository at '${where}' belongs to another user, and git does not trust it.`,
      nextStep: `If you do: git config --global --add safe.directory '${where}'`
    };
  if (/not a git repository/.test(stderr))
    return {
      kind: "refused",
      because: `'${where}' is not in a git repository.`,
      nextStep: "Go to a repository, or make one: git init && git add --all && git commit"
    };
  return {
    kind: "refused",
    because: `Git cannot read the repository at '${where}': ${quoteForPerson(stderr)}`,
    nextStep: "Run 'git status' there and repair what it names."
  };
}
async function makeStore(storeDir, objectFormat) {
  const isSha256 = objectFormat === "sha256";
  const config = [
    "[core]",
    `	repositoryformatversion = ${isSha256 ? 1 : 0}`,
    "	filemode = true",
    "	bare = true",
    ...isSha256 ? ["[extensions]", "	objectFormat = sha256"] : [],
    "[checkout]",
    "	workers = 0",
    ""
  ].join("\n");
  try {
    await mkdir5(path9.join(storeDir, "refs", "heads"), { recursive: true, mode: 448 });
    await mkdir5(path9.join(storeDir, "objects"), { recursive: true });
    for (const [name, text] of [
      ["HEAD", "ref: refs/heads/none\n"],
      ["config", config]
    ]) {
      const file = path9.join(storeDir, name);
      if (await readFile5(file, "utf8").catch(() => null) === text) continue;
      const temporary = `${file}.${randomBytes2(6).toString("hex")}`;
      await writeFile2(temporary, text);
      await rename3(temporary, file);
    }
  } catch (error) {
    const code = error.code;
    throw new GitFailure(
      isFull(code) ? `The state folder '${quoteForPerson(storeDir)}' cannot be written: the disk is full (${code}).` : `The state folder '${quoteForPerson(storeDir)}' cannot be written (${code ?? "unknown error"}). Make it writable, or choose another one.`,
      { cause: error, code }
    );
  }
}
function makeGit(context) {
  return {
    objectsDir: context.objectsDir,
    alternateDirs: context.alternateDirs,
    sandboxEnv: SANDBOX_GIT_ENV,
    intakeProgram: INTAKE_PROGRAM,
    inspect: () => inspectRepository(context),
    readBranch: async (branch) => (await readBranches(context, [branch])).get(branch) ?? null,
    readBranches: (branches) => readBranches(context, branches),
    listBranches: (prefix) => listBranches(context, prefix),
    moveBranches: (moves, reason) => moveBranches(context, moves, reason),
    treeOf: (commit) => treeOfCommit(context, commit),
    parentsOf: (commit) => parentsOfCommit(context, commit),
    mergeBase: (one, other) => findMergeBase(context, one, other),
    isAncestor: (ancestor, descendant) => isAncestor(context, ancestor, descendant),
    readFile: (at2, file, maxBytes) => readTextFile(context, at2, file, maxBytes),
    readFiles: (at2, maxBytes) => readTextFiles(context, at2, maxBytes),
    listPaths: (tree) => listPaths(context, tree),
    diffTrees: (from, to2) => diffTrees(context, from, to2),
    diffText: (from, to2, maxBytes) => diffText(context, from, to2, maxBytes),
    countLines: (from, to2) => countLines(context, from, to2),
    mergeCommits: (ours, theirs) => mergeCommits(context, ours, theirs),
    restorePaths: (tree, from, paths) => restorePaths(context, tree, from, paths),
    writeCommit: (commit) => writeCommit(context, commit),
    writeTree: (files) => writeTextFiles(context, files),
    createWorktree: (worktree) => createWorktree(context, worktree),
    validateWorktree: (target) => validateWorktree(context, target),
    removeWorktree: (target) => removeWorktree(context, target),
    listWorktrees: () => listWorktrees(context),
    createPrivateGitDir: (options) => createPrivateGitDir(context, options),
    takeIn: (options) => takeIn(context, options),
    writePack: (options) => writePack(context, options),
    explainIntakeExit,
    checkoutsOf: (branch) => checkoutsOf(context, branch),
    checkRefresh: (target, from, to2) => checkRefresh(context, target, from, to2),
    refreshCheckout: (target, from, to2) => refreshCheckout(context, target, from, to2),
    [Symbol.asyncDispose]: () => context.objects.reader.close()
  };
}

// src/adapters/workspace/work-files.ts
import { constants as constants3 } from "node:fs";
import { chmod as chmod4, lstat as lstat5, mkdir as mkdir7, open as open3, readdir as readdir5, rename as rename4, rm as rm5, statfs } from "node:fs/promises";
import { dirname as dirname2, join as join2 } from "node:path";

// src/adapters/workspace/copy-untracked.ts
import { constants as constants2 } from "node:fs";
import { copyFile as copyFile3, lstat as lstat4, mkdir as mkdir6, readdir as readdir4, readFile as readFile6, readlink, symlink, writeFile as writeFile3 } from "node:fs/promises";
import { dirname, join } from "node:path";

// src/core/gate/link-target.ts
function resolveLinkTarget(path10, target) {
  if (target === "" || /[\0\n]/.test(target)) return { kind: "malformed" };
  if (target.startsWith("/") || target.startsWith("\\") || /^[A-Za-z]:/.test(target)) return { kind: "absolute" };
  const parts = path10.split("/").slice(0, -1);
  let hasGoneDown = false;
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (hasGoneDown) return { kind: "winding" };
      if (parts.pop() === void 0) return { kind: "outside" };
      continue;
    }
    if (part.toLowerCase() === ".git") return { kind: "git-dir" };
    hasGoneDown = true;
    parts.push(part);
  }
  return { kind: "inside", path: parts.join("/") };
}

// src/core/worktree/copy-globs.ts
function readCopyGlob(glob) {
  const trimmed = glob.replace(/^\.\//, "").replace(/\/+$/, "");
  const parts = trimmed.split("/");
  if (trimmed === "" || trimmed.startsWith("/") || trimmed.includes("\0"))
    return { because: "it is not a path below the checkout" };
  if (parts.some((part) => part === ".." || part === "." || part === ""))
    return { because: "it has an empty part, '.' or '..'" };
  if (parts.some(isGitPart)) return { because: "nothing is copied out of a git directory" };
  const magicAt = parts.findIndex((part) => /[*?[\]{}!()|\\]/.test(part));
  if (magicAt === -1) return { copy: { glob: trimmed, start: trimmed, isLiteral: true } };
  return { copy: { glob: trimmed, start: parts.slice(0, magicAt).join("/"), isLiteral: false } };
}
function isGitPart(part) {
  return part.toLowerCase() === ".git";
}

// src/adapters/workspace/copy-untracked.ts
var MAX_REWRITTEN_BYTES = 1024 * 1024;
var MAX_VISITED = 2e5;
async function copyUntracked(request) {
  const state = { request, copied: [], skipped: [], seen: /* @__PURE__ */ new Set(), bytes: 0, visited: 0, isFull: false };
  for (const glob of request.globs) {
    const before = state.copied.length + state.skipped.length;
    if (!await leadsThroughLink(request.from, glob.start))
      await visit(state, glob.start, glob.isLiteral, glob.matches);
    else skip(state, glob.start, "a folder on the way to it is a symbolic link");
    if (glob.isLiteral && before === state.copied.length + state.skipped.length)
      skip(state, glob.start, "it is not in the checkout");
  }
  return { copied: state.copied, skipped: state.skipped };
}
async function leadsThroughLink(root, path10) {
  const parts = path10.split("/").slice(0, -1);
  for (let i = 1; i <= parts.length; i++) {
    const found = await tryLstat(join(root, ...parts.slice(0, i)));
    if (found === null || found.isSymbolicLink()) return found !== null;
  }
  return false;
}
async function visit(state, path10, isMatched, matches) {
  if (state.isFull || path10.split("/").some(isGitPart)) return;
  const found = await tryLstat(join(state.request.from, path10));
  if (found === null) return;
  const isWanted = isMatched || path10 !== "" && matches(path10);
  if (!found.isDirectory()) {
    if (isWanted) await copyOne(state, path10, found);
    return;
  }
  const entries = await readdir4(join(state.request.from, path10), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    state.visited += 1;
    if (state.visited > MAX_VISITED && !isWanted) {
      state.isFull = true;
      skip(state, path10, `the search stopped after ${MAX_VISITED} files; begin the glob with a folder`);
      return;
    }
    await visit(state, path10 === "" ? entry.name : `${path10}/${entry.name}`, isWanted, matches);
  }
}
async function copyOne(state, path10, found) {
  const { request } = state;
  if (state.seen.has(path10)) return;
  state.seen.add(path10);
  if (request.isTracked(path10)) return skip(state, path10, "it is tracked, so the worktree has its own");
  if (state.copied.length >= request.maxFiles || state.bytes + found.size > request.maxBytes) {
    state.isFull = true;
    return skip(state, path10, `the limit of ${request.maxFiles} files or ${request.maxBytes} bytes is reached`);
  }
  const target = join(request.to, path10);
  if (!await makeParents(request.to, path10) || await tryLstat(target) !== null)
    return skip(state, path10, "something else stands there in the worktree");
  if (found.isSymbolicLink()) {
    const leadsTo = await readlink(join(request.from, path10));
    if (resolveLinkTarget(path10, leadsTo).kind !== "inside")
      return skip(state, path10, "it is a symbolic link that leaves the checkout");
    await symlink(leadsTo, target);
  } else if (found.isFile()) await copyContents(state, path10, found);
  else return skip(state, path10, "it is no file");
  state.bytes += found.size;
  state.copied.push(path10);
}
async function copyContents({ request }, path10, found) {
  const source = join(request.from, path10);
  const target = join(request.to, path10);
  const bytes = found.size <= MAX_REWRITTEN_BYTES ? await readFile6(source) : null;
  const rewritten = bytes === null || bytes.includes(0) ? null : request.rewrite(path10, bytes.toString("utf8"));
  if (rewritten === null) await copyFile3(source, target, constants2.COPYFILE_EXCL | constants2.COPYFILE_FICLONE);
  else await writeFile3(target, rewritten, { flag: "wx", mode: found.mode & 511 });
}
async function makeParents(root, path10) {
  const parts = dirname(path10) === "." ? [] : dirname(path10).split("/");
  let at2 = root;
  for (const part of parts) {
    at2 = join(at2, part);
    const found = await tryLstat(at2);
    if (found === null) await mkdir6(at2);
    else if (!found.isDirectory()) return false;
  }
  return true;
}
function skip(state, path10, because) {
  state.skipped.push({ path: path10, because });
}
function tryLstat(path10) {
  return lstat4(path10).catch(() => null);
}

// src/adapters/workspace/work-files.ts
function openWorkFiles() {
  return { makeFolder, writeText, readText, exists: exists2, remove, moveAside, freeBytes, copyUntracked };
}
async function makeFolder(path10) {
  await mkdir7(path10, { recursive: true });
  await chmod4(path10, 493);
}
async function writeText(path10, text) {
  const beside = join2(dirname2(path10), `.${process.pid}-${process.hrtime.bigint()}.tmp`);
  const file = await open3(
    beside,
    constants3.O_WRONLY | constants3.O_CREAT | constants3.O_EXCL | constants3.O_NOFOLLOW,
    420
  );
  try {
    await file.chmod(420);
    await file.writeFile(text, "utf8");
  } catch (error) {
    await rm5(beside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename4(beside, path10);
}
async function readText(path10, maxBytes) {
  const flags = constants3.O_RDONLY | constants3.O_NOFOLLOW | constants3.O_NONBLOCK;
  const file = await open3(path10, flags).catch(() => null);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > maxBytes) return null;
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
async function exists2(path10) {
  return lstat5(path10).then(
    () => true,
    () => false
  );
}
async function remove(path10) {
  try {
    await rm5(path10, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const code = error.code;
    if (code !== "EACCES" && code !== "EPERM" && code !== "ENOTEMPTY") throw error;
    await openFolders2(path10);
    await rm5(path10, { recursive: true, force: true, maxRetries: 3 });
  }
}
async function openFolders2(folder) {
  if ((await lstat5(folder).catch(() => null))?.isDirectory() !== true) return;
  await chmod4(folder, 448).catch(() => void 0);
  const entries = await readdir5(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await openFolders2(join2(folder, entry.name));
}
async function moveAside(path10) {
  for (let n = 1; n < 1e3; n++) {
    const aside = `${path10}.kept-${n}`;
    if (await exists2(aside)) continue;
    await rename4(path10, aside);
    return aside;
  }
  throw new Error(
    `Folder '${path10}' cannot be moved aside: 999 of them are kept already. Remove those that you do not need.`
  );
}
async function freeBytes(path10) {
  const { bavail, bsize } = await statfs(path10);
  return bavail * bsize;
}

export {
  readCopyGlob,
  resolveLinkTarget,
  readLegOrder,
  attemptOrder,
  trialOrder,
  finalOrder,
  GitFailure,
  quoteForPerson,
  saysDiskFull,
  runGit,
  runGitOrFail,
  composeGitEnv,
  openGit,
  openWorkFiles
};
