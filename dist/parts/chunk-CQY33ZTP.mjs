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
  Octokit,
  RequestError,
  legacyRestEndpointMethods,
  paginateRest
} from "./chunk-HVR6NXFW.mjs";
import {
  branchFor,
  createProblemList,
  findHostedGaps,
  findNearestName,
  readSourceText,
  runnerOf
} from "./chunk-CICE3PZ7.mjs";
import {
  redactSecrets
} from "./chunk-EM5YRON7.mjs";
import {
  cleanLine,
  dropHiddenCharacters,
  escapeText,
  external_exports,
  isHidden,
  isObjectName,
  quoteText,
  readBranchName,
  readTaskId,
  slugify
} from "./chunk-AVVG3THQ.mjs";
import {
  __export
} from "./chunk-4P42K4ID.mjs";

// src/core/hosted/state.ts
var APP_HOLDER = "app";
function planIdOf(issue) {
  return `issue-${issue}`;
}
function issueOf(plan) {
  const match = /^issue-([1-9]\d{0,9})$/.exec(plan);
  return match === null ? null : Number(match[1]);
}

// node_modules/mdast-util-to-string/lib/index.js
var emptyOptions = {};
function toString(value, options) {
  const settings = options || emptyOptions;
  const includeImageAlt = typeof settings.includeImageAlt === "boolean" ? settings.includeImageAlt : true;
  const includeHtml = typeof settings.includeHtml === "boolean" ? settings.includeHtml : true;
  return one(value, includeImageAlt, includeHtml);
}
function one(value, includeImageAlt, includeHtml) {
  if (node(value)) {
    if ("value" in value) {
      return value.type === "html" && !includeHtml ? "" : value.value;
    }
    if (includeImageAlt && "alt" in value && value.alt) {
      return value.alt;
    }
    if ("children" in value) {
      return all(value.children, includeImageAlt, includeHtml);
    }
  }
  if (Array.isArray(value)) {
    return all(value, includeImageAlt, includeHtml);
  }
  return "";
}
function all(values, includeImageAlt, includeHtml) {
  const result = [];
  let index2 = -1;
  while (++index2 < values.length) {
    result[index2] = one(values[index2], includeImageAlt, includeHtml);
  }
  return result.join("");
}
function node(value) {
  return Boolean(value && typeof value === "object");
}

// node_modules/character-entities/index.js
var characterEntities = {
  AElig: "Æ",
  AMP: "&",
  Aacute: "Á",
  Abreve: "Ă",
  Acirc: "Â",
  Acy: "А",
  Afr: "𝔄",
  Agrave: "À",
  Alpha: "Α",
  Amacr: "Ā",
  And: "⩓",
  Aogon: "Ą",
  Aopf: "𝔸",
  ApplyFunction: "⁡",
  Aring: "Å",
  Ascr: "𝒜",
  Assign: "≔",
  Atilde: "Ã",
  Auml: "Ä",
  Backslash: "∖",
  Barv: "⫧",
  Barwed: "⌆",
  Bcy: "Б",
  Because: "∵",
  Bernoullis: "ℬ",
  Beta: "Β",
  Bfr: "𝔅",
  Bopf: "𝔹",
  Breve: "˘",
  Bscr: "ℬ",
  Bumpeq: "≎",
  CHcy: "Ч",
  COPY: "©",
  Cacute: "Ć",
  Cap: "⋒",
  CapitalDifferentialD: "ⅅ",
  Cayleys: "ℭ",
  Ccaron: "Č",
  Ccedil: "Ç",
  Ccirc: "Ĉ",
  Cconint: "∰",
  Cdot: "Ċ",
  Cedilla: "¸",
  CenterDot: "·",
  Cfr: "ℭ",
  Chi: "Χ",
  CircleDot: "⊙",
  CircleMinus: "⊖",
  CirclePlus: "⊕",
  CircleTimes: "⊗",
  ClockwiseContourIntegral: "∲",
  CloseCurlyDoubleQuote: "”",
  CloseCurlyQuote: "’",
  Colon: "∷",
  Colone: "⩴",
  Congruent: "≡",
  Conint: "∯",
  ContourIntegral: "∮",
  Copf: "ℂ",
  Coproduct: "∐",
  CounterClockwiseContourIntegral: "∳",
  Cross: "⨯",
  Cscr: "𝒞",
  Cup: "⋓",
  CupCap: "≍",
  DD: "ⅅ",
  DDotrahd: "⤑",
  DJcy: "Ђ",
  DScy: "Ѕ",
  DZcy: "Џ",
  Dagger: "‡",
  Darr: "↡",
  Dashv: "⫤",
  Dcaron: "Ď",
  Dcy: "Д",
  Del: "∇",
  Delta: "Δ",
  Dfr: "𝔇",
  DiacriticalAcute: "´",
  DiacriticalDot: "˙",
  DiacriticalDoubleAcute: "˝",
  DiacriticalGrave: "`",
  DiacriticalTilde: "˜",
  Diamond: "⋄",
  DifferentialD: "ⅆ",
  Dopf: "𝔻",
  Dot: "¨",
  DotDot: "⃜",
  DotEqual: "≐",
  DoubleContourIntegral: "∯",
  DoubleDot: "¨",
  DoubleDownArrow: "⇓",
  DoubleLeftArrow: "⇐",
  DoubleLeftRightArrow: "⇔",
  DoubleLeftTee: "⫤",
  DoubleLongLeftArrow: "⟸",
  DoubleLongLeftRightArrow: "⟺",
  DoubleLongRightArrow: "⟹",
  DoubleRightArrow: "⇒",
  DoubleRightTee: "⊨",
  DoubleUpArrow: "⇑",
  DoubleUpDownArrow: "⇕",
  DoubleVerticalBar: "∥",
  DownArrow: "↓",
  DownArrowBar: "⤓",
  DownArrowUpArrow: "⇵",
  DownBreve: "̑",
  DownLeftRightVector: "⥐",
  DownLeftTeeVector: "⥞",
  DownLeftVector: "↽",
  DownLeftVectorBar: "⥖",
  DownRightTeeVector: "⥟",
  DownRightVector: "⇁",
  DownRightVectorBar: "⥗",
  DownTee: "⊤",
  DownTeeArrow: "↧",
  Downarrow: "⇓",
  Dscr: "𝒟",
  Dstrok: "Đ",
  ENG: "Ŋ",
  ETH: "Ð",
  Eacute: "É",
  Ecaron: "Ě",
  Ecirc: "Ê",
  Ecy: "Э",
  Edot: "Ė",
  Efr: "𝔈",
  Egrave: "È",
  Element: "∈",
  Emacr: "Ē",
  EmptySmallSquare: "◻",
  EmptyVerySmallSquare: "▫",
  Eogon: "Ę",
  Eopf: "𝔼",
  Epsilon: "Ε",
  Equal: "⩵",
  EqualTilde: "≂",
  Equilibrium: "⇌",
  Escr: "ℰ",
  Esim: "⩳",
  Eta: "Η",
  Euml: "Ë",
  Exists: "∃",
  ExponentialE: "ⅇ",
  Fcy: "Ф",
  Ffr: "𝔉",
  FilledSmallSquare: "◼",
  FilledVerySmallSquare: "▪",
  Fopf: "𝔽",
  ForAll: "∀",
  Fouriertrf: "ℱ",
  Fscr: "ℱ",
  GJcy: "Ѓ",
  GT: ">",
  Gamma: "Γ",
  Gammad: "Ϝ",
  Gbreve: "Ğ",
  Gcedil: "Ģ",
  Gcirc: "Ĝ",
  Gcy: "Г",
  Gdot: "Ġ",
  Gfr: "𝔊",
  Gg: "⋙",
  Gopf: "𝔾",
  GreaterEqual: "≥",
  GreaterEqualLess: "⋛",
  GreaterFullEqual: "≧",
  GreaterGreater: "⪢",
  GreaterLess: "≷",
  GreaterSlantEqual: "⩾",
  GreaterTilde: "≳",
  Gscr: "𝒢",
  Gt: "≫",
  HARDcy: "Ъ",
  Hacek: "ˇ",
  Hat: "^",
  Hcirc: "Ĥ",
  Hfr: "ℌ",
  HilbertSpace: "ℋ",
  Hopf: "ℍ",
  HorizontalLine: "─",
  Hscr: "ℋ",
  Hstrok: "Ħ",
  HumpDownHump: "≎",
  HumpEqual: "≏",
  IEcy: "Е",
  IJlig: "Ĳ",
  IOcy: "Ё",
  Iacute: "Í",
  Icirc: "Î",
  Icy: "И",
  Idot: "İ",
  Ifr: "ℑ",
  Igrave: "Ì",
  Im: "ℑ",
  Imacr: "Ī",
  ImaginaryI: "ⅈ",
  Implies: "⇒",
  Int: "∬",
  Integral: "∫",
  Intersection: "⋂",
  InvisibleComma: "⁣",
  InvisibleTimes: "⁢",
  Iogon: "Į",
  Iopf: "𝕀",
  Iota: "Ι",
  Iscr: "ℐ",
  Itilde: "Ĩ",
  Iukcy: "І",
  Iuml: "Ï",
  Jcirc: "Ĵ",
  Jcy: "Й",
  Jfr: "𝔍",
  Jopf: "𝕁",
  Jscr: "𝒥",
  Jsercy: "Ј",
  Jukcy: "Є",
  KHcy: "Х",
  KJcy: "Ќ",
  Kappa: "Κ",
  Kcedil: "Ķ",
  Kcy: "К",
  Kfr: "𝔎",
  Kopf: "𝕂",
  Kscr: "𝒦",
  LJcy: "Љ",
  LT: "<",
  Lacute: "Ĺ",
  Lambda: "Λ",
  Lang: "⟪",
  Laplacetrf: "ℒ",
  Larr: "↞",
  Lcaron: "Ľ",
  Lcedil: "Ļ",
  Lcy: "Л",
  LeftAngleBracket: "⟨",
  LeftArrow: "←",
  LeftArrowBar: "⇤",
  LeftArrowRightArrow: "⇆",
  LeftCeiling: "⌈",
  LeftDoubleBracket: "⟦",
  LeftDownTeeVector: "⥡",
  LeftDownVector: "⇃",
  LeftDownVectorBar: "⥙",
  LeftFloor: "⌊",
  LeftRightArrow: "↔",
  LeftRightVector: "⥎",
  LeftTee: "⊣",
  LeftTeeArrow: "↤",
  LeftTeeVector: "⥚",
  LeftTriangle: "⊲",
  LeftTriangleBar: "⧏",
  LeftTriangleEqual: "⊴",
  LeftUpDownVector: "⥑",
  LeftUpTeeVector: "⥠",
  LeftUpVector: "↿",
  LeftUpVectorBar: "⥘",
  LeftVector: "↼",
  LeftVectorBar: "⥒",
  Leftarrow: "⇐",
  Leftrightarrow: "⇔",
  LessEqualGreater: "⋚",
  LessFullEqual: "≦",
  LessGreater: "≶",
  LessLess: "⪡",
  LessSlantEqual: "⩽",
  LessTilde: "≲",
  Lfr: "𝔏",
  Ll: "⋘",
  Lleftarrow: "⇚",
  Lmidot: "Ŀ",
  LongLeftArrow: "⟵",
  LongLeftRightArrow: "⟷",
  LongRightArrow: "⟶",
  Longleftarrow: "⟸",
  Longleftrightarrow: "⟺",
  Longrightarrow: "⟹",
  Lopf: "𝕃",
  LowerLeftArrow: "↙",
  LowerRightArrow: "↘",
  Lscr: "ℒ",
  Lsh: "↰",
  Lstrok: "Ł",
  Lt: "≪",
  Map: "⤅",
  Mcy: "М",
  MediumSpace: " ",
  Mellintrf: "ℳ",
  Mfr: "𝔐",
  MinusPlus: "∓",
  Mopf: "𝕄",
  Mscr: "ℳ",
  Mu: "Μ",
  NJcy: "Њ",
  Nacute: "Ń",
  Ncaron: "Ň",
  Ncedil: "Ņ",
  Ncy: "Н",
  NegativeMediumSpace: "​",
  NegativeThickSpace: "​",
  NegativeThinSpace: "​",
  NegativeVeryThinSpace: "​",
  NestedGreaterGreater: "≫",
  NestedLessLess: "≪",
  NewLine: "\n",
  Nfr: "𝔑",
  NoBreak: "⁠",
  NonBreakingSpace: " ",
  Nopf: "ℕ",
  Not: "⫬",
  NotCongruent: "≢",
  NotCupCap: "≭",
  NotDoubleVerticalBar: "∦",
  NotElement: "∉",
  NotEqual: "≠",
  NotEqualTilde: "≂̸",
  NotExists: "∄",
  NotGreater: "≯",
  NotGreaterEqual: "≱",
  NotGreaterFullEqual: "≧̸",
  NotGreaterGreater: "≫̸",
  NotGreaterLess: "≹",
  NotGreaterSlantEqual: "⩾̸",
  NotGreaterTilde: "≵",
  NotHumpDownHump: "≎̸",
  NotHumpEqual: "≏̸",
  NotLeftTriangle: "⋪",
  NotLeftTriangleBar: "⧏̸",
  NotLeftTriangleEqual: "⋬",
  NotLess: "≮",
  NotLessEqual: "≰",
  NotLessGreater: "≸",
  NotLessLess: "≪̸",
  NotLessSlantEqual: "⩽̸",
  NotLessTilde: "≴",
  NotNestedGreaterGreater: "⪢̸",
  NotNestedLessLess: "⪡̸",
  NotPrecedes: "⊀",
  NotPrecedesEqual: "⪯̸",
  NotPrecedesSlantEqual: "⋠",
  NotReverseElement: "∌",
  NotRightTriangle: "⋫",
  NotRightTriangleBar: "⧐̸",
  NotRightTriangleEqual: "⋭",
  NotSquareSubset: "⊏̸",
  NotSquareSubsetEqual: "⋢",
  NotSquareSuperset: "⊐̸",
  NotSquareSupersetEqual: "⋣",
  NotSubset: "⊂⃒",
  NotSubsetEqual: "⊈",
  NotSucceeds: "⊁",
  NotSucceedsEqual: "⪰̸",
  NotSucceedsSlantEqual: "⋡",
  NotSucceedsTilde: "≿̸",
  NotSuperset: "⊃⃒",
  NotSupersetEqual: "⊉",
  NotTilde: "≁",
  NotTildeEqual: "≄",
  NotTildeFullEqual: "≇",
  NotTildeTilde: "≉",
  NotVerticalBar: "∤",
  Nscr: "𝒩",
  Ntilde: "Ñ",
  Nu: "Ν",
  OElig: "Œ",
  Oacute: "Ó",
  Ocirc: "Ô",
  Ocy: "О",
  Odblac: "Ő",
  Ofr: "𝔒",
  Ograve: "Ò",
  Omacr: "Ō",
  Omega: "Ω",
  Omicron: "Ο",
  Oopf: "𝕆",
  OpenCurlyDoubleQuote: "“",
  OpenCurlyQuote: "‘",
  Or: "⩔",
  Oscr: "𝒪",
  Oslash: "Ø",
  Otilde: "Õ",
  Otimes: "⨷",
  Ouml: "Ö",
  OverBar: "‾",
  OverBrace: "⏞",
  OverBracket: "⎴",
  OverParenthesis: "⏜",
  PartialD: "∂",
  Pcy: "П",
  Pfr: "𝔓",
  Phi: "Φ",
  Pi: "Π",
  PlusMinus: "±",
  Poincareplane: "ℌ",
  Popf: "ℙ",
  Pr: "⪻",
  Precedes: "≺",
  PrecedesEqual: "⪯",
  PrecedesSlantEqual: "≼",
  PrecedesTilde: "≾",
  Prime: "″",
  Product: "∏",
  Proportion: "∷",
  Proportional: "∝",
  Pscr: "𝒫",
  Psi: "Ψ",
  QUOT: '"',
  Qfr: "𝔔",
  Qopf: "ℚ",
  Qscr: "𝒬",
  RBarr: "⤐",
  REG: "®",
  Racute: "Ŕ",
  Rang: "⟫",
  Rarr: "↠",
  Rarrtl: "⤖",
  Rcaron: "Ř",
  Rcedil: "Ŗ",
  Rcy: "Р",
  Re: "ℜ",
  ReverseElement: "∋",
  ReverseEquilibrium: "⇋",
  ReverseUpEquilibrium: "⥯",
  Rfr: "ℜ",
  Rho: "Ρ",
  RightAngleBracket: "⟩",
  RightArrow: "→",
  RightArrowBar: "⇥",
  RightArrowLeftArrow: "⇄",
  RightCeiling: "⌉",
  RightDoubleBracket: "⟧",
  RightDownTeeVector: "⥝",
  RightDownVector: "⇂",
  RightDownVectorBar: "⥕",
  RightFloor: "⌋",
  RightTee: "⊢",
  RightTeeArrow: "↦",
  RightTeeVector: "⥛",
  RightTriangle: "⊳",
  RightTriangleBar: "⧐",
  RightTriangleEqual: "⊵",
  RightUpDownVector: "⥏",
  RightUpTeeVector: "⥜",
  RightUpVector: "↾",
  RightUpVectorBar: "⥔",
  RightVector: "⇀",
  RightVectorBar: "⥓",
  Rightarrow: "⇒",
  Ropf: "ℝ",
  RoundImplies: "⥰",
  Rrightarrow: "⇛",
  Rscr: "ℛ",
  Rsh: "↱",
  RuleDelayed: "⧴",
  SHCHcy: "Щ",
  SHcy: "Ш",
  SOFTcy: "Ь",
  Sacute: "Ś",
  Sc: "⪼",
  Scaron: "Š",
  Scedil: "Ş",
  Scirc: "Ŝ",
  Scy: "С",
  Sfr: "𝔖",
  ShortDownArrow: "↓",
  ShortLeftArrow: "←",
  ShortRightArrow: "→",
  ShortUpArrow: "↑",
  Sigma: "Σ",
  SmallCircle: "∘",
  Sopf: "𝕊",
  Sqrt: "√",
  Square: "□",
  SquareIntersection: "⊓",
  SquareSubset: "⊏",
  SquareSubsetEqual: "⊑",
  SquareSuperset: "⊐",
  SquareSupersetEqual: "⊒",
  SquareUnion: "⊔",
  Sscr: "𝒮",
  Star: "⋆",
  Sub: "⋐",
  Subset: "⋐",
  SubsetEqual: "⊆",
  Succeeds: "≻",
  SucceedsEqual: "⪰",
  SucceedsSlantEqual: "≽",
  SucceedsTilde: "≿",
  SuchThat: "∋",
  Sum: "∑",
  Sup: "⋑",
  Superset: "⊃",
  SupersetEqual: "⊇",
  Supset: "⋑",
  THORN: "Þ",
  TRADE: "™",
  TSHcy: "Ћ",
  TScy: "Ц",
  Tab: "	",
  Tau: "Τ",
  Tcaron: "Ť",
  Tcedil: "Ţ",
  Tcy: "Т",
  Tfr: "𝔗",
  Therefore: "∴",
  Theta: "Θ",
  ThickSpace: "  ",
  ThinSpace: " ",
  Tilde: "∼",
  TildeEqual: "≃",
  TildeFullEqual: "≅",
  TildeTilde: "≈",
  Topf: "𝕋",
  TripleDot: "⃛",
  Tscr: "𝒯",
  Tstrok: "Ŧ",
  Uacute: "Ú",
  Uarr: "↟",
  Uarrocir: "⥉",
  Ubrcy: "Ў",
  Ubreve: "Ŭ",
  Ucirc: "Û",
  Ucy: "У",
  Udblac: "Ű",
  Ufr: "𝔘",
  Ugrave: "Ù",
  Umacr: "Ū",
  UnderBar: "_",
  UnderBrace: "⏟",
  UnderBracket: "⎵",
  UnderParenthesis: "⏝",
  Union: "⋃",
  UnionPlus: "⊎",
  Uogon: "Ų",
  Uopf: "𝕌",
  UpArrow: "↑",
  UpArrowBar: "⤒",
  UpArrowDownArrow: "⇅",
  UpDownArrow: "↕",
  UpEquilibrium: "⥮",
  UpTee: "⊥",
  UpTeeArrow: "↥",
  Uparrow: "⇑",
  Updownarrow: "⇕",
  UpperLeftArrow: "↖",
  UpperRightArrow: "↗",
  Upsi: "ϒ",
  Upsilon: "Υ",
  Uring: "Ů",
  Uscr: "𝒰",
  Utilde: "Ũ",
  Uuml: "Ü",
  VDash: "⊫",
  Vbar: "⫫",
  Vcy: "В",
  Vdash: "⊩",
  Vdashl: "⫦",
  Vee: "⋁",
  Verbar: "‖",
  Vert: "‖",
  VerticalBar: "∣",
  VerticalLine: "|",
  VerticalSeparator: "❘",
  VerticalTilde: "≀",
  VeryThinSpace: " ",
  Vfr: "𝔙",
  Vopf: "𝕍",
  Vscr: "𝒱",
  Vvdash: "⊪",
  Wcirc: "Ŵ",
  Wedge: "⋀",
  Wfr: "𝔚",
  Wopf: "𝕎",
  Wscr: "𝒲",
  Xfr: "𝔛",
  Xi: "Ξ",
  Xopf: "𝕏",
  Xscr: "𝒳",
  YAcy: "Я",
  YIcy: "Ї",
  YUcy: "Ю",
  Yacute: "Ý",
  Ycirc: "Ŷ",
  Ycy: "Ы",
  Yfr: "𝔜",
  Yopf: "𝕐",
  Yscr: "𝒴",
  Yuml: "Ÿ",
  ZHcy: "Ж",
  Zacute: "Ź",
  Zcaron: "Ž",
  Zcy: "З",
  Zdot: "Ż",
  ZeroWidthSpace: "​",
  Zeta: "Ζ",
  Zfr: "ℨ",
  Zopf: "ℤ",
  Zscr: "𝒵",
  aacute: "á",
  abreve: "ă",
  ac: "∾",
  acE: "∾̳",
  acd: "∿",
  acirc: "â",
  acute: "´",
  acy: "а",
  aelig: "æ",
  af: "⁡",
  afr: "𝔞",
  agrave: "à",
  alefsym: "ℵ",
  aleph: "ℵ",
  alpha: "α",
  amacr: "ā",
  amalg: "⨿",
  amp: "&",
  and: "∧",
  andand: "⩕",
  andd: "⩜",
  andslope: "⩘",
  andv: "⩚",
  ang: "∠",
  ange: "⦤",
  angle: "∠",
  angmsd: "∡",
  angmsdaa: "⦨",
  angmsdab: "⦩",
  angmsdac: "⦪",
  angmsdad: "⦫",
  angmsdae: "⦬",
  angmsdaf: "⦭",
  angmsdag: "⦮",
  angmsdah: "⦯",
  angrt: "∟",
  angrtvb: "⊾",
  angrtvbd: "⦝",
  angsph: "∢",
  angst: "Å",
  angzarr: "⍼",
  aogon: "ą",
  aopf: "𝕒",
  ap: "≈",
  apE: "⩰",
  apacir: "⩯",
  ape: "≊",
  apid: "≋",
  apos: "'",
  approx: "≈",
  approxeq: "≊",
  aring: "å",
  ascr: "𝒶",
  ast: "*",
  asymp: "≈",
  asympeq: "≍",
  atilde: "ã",
  auml: "ä",
  awconint: "∳",
  awint: "⨑",
  bNot: "⫭",
  backcong: "≌",
  backepsilon: "϶",
  backprime: "‵",
  backsim: "∽",
  backsimeq: "⋍",
  barvee: "⊽",
  barwed: "⌅",
  barwedge: "⌅",
  bbrk: "⎵",
  bbrktbrk: "⎶",
  bcong: "≌",
  bcy: "б",
  bdquo: "„",
  becaus: "∵",
  because: "∵",
  bemptyv: "⦰",
  bepsi: "϶",
  bernou: "ℬ",
  beta: "β",
  beth: "ℶ",
  between: "≬",
  bfr: "𝔟",
  bigcap: "⋂",
  bigcirc: "◯",
  bigcup: "⋃",
  bigodot: "⨀",
  bigoplus: "⨁",
  bigotimes: "⨂",
  bigsqcup: "⨆",
  bigstar: "★",
  bigtriangledown: "▽",
  bigtriangleup: "△",
  biguplus: "⨄",
  bigvee: "⋁",
  bigwedge: "⋀",
  bkarow: "⤍",
  blacklozenge: "⧫",
  blacksquare: "▪",
  blacktriangle: "▴",
  blacktriangledown: "▾",
  blacktriangleleft: "◂",
  blacktriangleright: "▸",
  blank: "␣",
  blk12: "▒",
  blk14: "░",
  blk34: "▓",
  block: "█",
  bne: "=⃥",
  bnequiv: "≡⃥",
  bnot: "⌐",
  bopf: "𝕓",
  bot: "⊥",
  bottom: "⊥",
  bowtie: "⋈",
  boxDL: "╗",
  boxDR: "╔",
  boxDl: "╖",
  boxDr: "╓",
  boxH: "═",
  boxHD: "╦",
  boxHU: "╩",
  boxHd: "╤",
  boxHu: "╧",
  boxUL: "╝",
  boxUR: "╚",
  boxUl: "╜",
  boxUr: "╙",
  boxV: "║",
  boxVH: "╬",
  boxVL: "╣",
  boxVR: "╠",
  boxVh: "╫",
  boxVl: "╢",
  boxVr: "╟",
  boxbox: "⧉",
  boxdL: "╕",
  boxdR: "╒",
  boxdl: "┐",
  boxdr: "┌",
  boxh: "─",
  boxhD: "╥",
  boxhU: "╨",
  boxhd: "┬",
  boxhu: "┴",
  boxminus: "⊟",
  boxplus: "⊞",
  boxtimes: "⊠",
  boxuL: "╛",
  boxuR: "╘",
  boxul: "┘",
  boxur: "└",
  boxv: "│",
  boxvH: "╪",
  boxvL: "╡",
  boxvR: "╞",
  boxvh: "┼",
  boxvl: "┤",
  boxvr: "├",
  bprime: "‵",
  breve: "˘",
  brvbar: "¦",
  bscr: "𝒷",
  bsemi: "⁏",
  bsim: "∽",
  bsime: "⋍",
  bsol: "\\",
  bsolb: "⧅",
  bsolhsub: "⟈",
  bull: "•",
  bullet: "•",
  bump: "≎",
  bumpE: "⪮",
  bumpe: "≏",
  bumpeq: "≏",
  cacute: "ć",
  cap: "∩",
  capand: "⩄",
  capbrcup: "⩉",
  capcap: "⩋",
  capcup: "⩇",
  capdot: "⩀",
  caps: "∩︀",
  caret: "⁁",
  caron: "ˇ",
  ccaps: "⩍",
  ccaron: "č",
  ccedil: "ç",
  ccirc: "ĉ",
  ccups: "⩌",
  ccupssm: "⩐",
  cdot: "ċ",
  cedil: "¸",
  cemptyv: "⦲",
  cent: "¢",
  centerdot: "·",
  cfr: "𝔠",
  chcy: "ч",
  check: "✓",
  checkmark: "✓",
  chi: "χ",
  cir: "○",
  cirE: "⧃",
  circ: "ˆ",
  circeq: "≗",
  circlearrowleft: "↺",
  circlearrowright: "↻",
  circledR: "®",
  circledS: "Ⓢ",
  circledast: "⊛",
  circledcirc: "⊚",
  circleddash: "⊝",
  cire: "≗",
  cirfnint: "⨐",
  cirmid: "⫯",
  cirscir: "⧂",
  clubs: "♣",
  clubsuit: "♣",
  colon: ":",
  colone: "≔",
  coloneq: "≔",
  comma: ",",
  commat: "@",
  comp: "∁",
  compfn: "∘",
  complement: "∁",
  complexes: "ℂ",
  cong: "≅",
  congdot: "⩭",
  conint: "∮",
  copf: "𝕔",
  coprod: "∐",
  copy: "©",
  copysr: "℗",
  crarr: "↵",
  cross: "✗",
  cscr: "𝒸",
  csub: "⫏",
  csube: "⫑",
  csup: "⫐",
  csupe: "⫒",
  ctdot: "⋯",
  cudarrl: "⤸",
  cudarrr: "⤵",
  cuepr: "⋞",
  cuesc: "⋟",
  cularr: "↶",
  cularrp: "⤽",
  cup: "∪",
  cupbrcap: "⩈",
  cupcap: "⩆",
  cupcup: "⩊",
  cupdot: "⊍",
  cupor: "⩅",
  cups: "∪︀",
  curarr: "↷",
  curarrm: "⤼",
  curlyeqprec: "⋞",
  curlyeqsucc: "⋟",
  curlyvee: "⋎",
  curlywedge: "⋏",
  curren: "¤",
  curvearrowleft: "↶",
  curvearrowright: "↷",
  cuvee: "⋎",
  cuwed: "⋏",
  cwconint: "∲",
  cwint: "∱",
  cylcty: "⌭",
  dArr: "⇓",
  dHar: "⥥",
  dagger: "†",
  daleth: "ℸ",
  darr: "↓",
  dash: "‐",
  dashv: "⊣",
  dbkarow: "⤏",
  dblac: "˝",
  dcaron: "ď",
  dcy: "д",
  dd: "ⅆ",
  ddagger: "‡",
  ddarr: "⇊",
  ddotseq: "⩷",
  deg: "°",
  delta: "δ",
  demptyv: "⦱",
  dfisht: "⥿",
  dfr: "𝔡",
  dharl: "⇃",
  dharr: "⇂",
  diam: "⋄",
  diamond: "⋄",
  diamondsuit: "♦",
  diams: "♦",
  die: "¨",
  digamma: "ϝ",
  disin: "⋲",
  div: "÷",
  divide: "÷",
  divideontimes: "⋇",
  divonx: "⋇",
  djcy: "ђ",
  dlcorn: "⌞",
  dlcrop: "⌍",
  dollar: "$",
  dopf: "𝕕",
  dot: "˙",
  doteq: "≐",
  doteqdot: "≑",
  dotminus: "∸",
  dotplus: "∔",
  dotsquare: "⊡",
  doublebarwedge: "⌆",
  downarrow: "↓",
  downdownarrows: "⇊",
  downharpoonleft: "⇃",
  downharpoonright: "⇂",
  drbkarow: "⤐",
  drcorn: "⌟",
  drcrop: "⌌",
  dscr: "𝒹",
  dscy: "ѕ",
  dsol: "⧶",
  dstrok: "đ",
  dtdot: "⋱",
  dtri: "▿",
  dtrif: "▾",
  duarr: "⇵",
  duhar: "⥯",
  dwangle: "⦦",
  dzcy: "џ",
  dzigrarr: "⟿",
  eDDot: "⩷",
  eDot: "≑",
  eacute: "é",
  easter: "⩮",
  ecaron: "ě",
  ecir: "≖",
  ecirc: "ê",
  ecolon: "≕",
  ecy: "э",
  edot: "ė",
  ee: "ⅇ",
  efDot: "≒",
  efr: "𝔢",
  eg: "⪚",
  egrave: "è",
  egs: "⪖",
  egsdot: "⪘",
  el: "⪙",
  elinters: "⏧",
  ell: "ℓ",
  els: "⪕",
  elsdot: "⪗",
  emacr: "ē",
  empty: "∅",
  emptyset: "∅",
  emptyv: "∅",
  emsp13: " ",
  emsp14: " ",
  emsp: " ",
  eng: "ŋ",
  ensp: " ",
  eogon: "ę",
  eopf: "𝕖",
  epar: "⋕",
  eparsl: "⧣",
  eplus: "⩱",
  epsi: "ε",
  epsilon: "ε",
  epsiv: "ϵ",
  eqcirc: "≖",
  eqcolon: "≕",
  eqsim: "≂",
  eqslantgtr: "⪖",
  eqslantless: "⪕",
  equals: "=",
  equest: "≟",
  equiv: "≡",
  equivDD: "⩸",
  eqvparsl: "⧥",
  erDot: "≓",
  erarr: "⥱",
  escr: "ℯ",
  esdot: "≐",
  esim: "≂",
  eta: "η",
  eth: "ð",
  euml: "ë",
  euro: "€",
  excl: "!",
  exist: "∃",
  expectation: "ℰ",
  exponentiale: "ⅇ",
  fallingdotseq: "≒",
  fcy: "ф",
  female: "♀",
  ffilig: "ﬃ",
  fflig: "ﬀ",
  ffllig: "ﬄ",
  ffr: "𝔣",
  filig: "ﬁ",
  fjlig: "fj",
  flat: "♭",
  fllig: "ﬂ",
  fltns: "▱",
  fnof: "ƒ",
  fopf: "𝕗",
  forall: "∀",
  fork: "⋔",
  forkv: "⫙",
  fpartint: "⨍",
  frac12: "½",
  frac13: "⅓",
  frac14: "¼",
  frac15: "⅕",
  frac16: "⅙",
  frac18: "⅛",
  frac23: "⅔",
  frac25: "⅖",
  frac34: "¾",
  frac35: "⅗",
  frac38: "⅜",
  frac45: "⅘",
  frac56: "⅚",
  frac58: "⅝",
  frac78: "⅞",
  frasl: "⁄",
  frown: "⌢",
  fscr: "𝒻",
  gE: "≧",
  gEl: "⪌",
  gacute: "ǵ",
  gamma: "γ",
  gammad: "ϝ",
  gap: "⪆",
  gbreve: "ğ",
  gcirc: "ĝ",
  gcy: "г",
  gdot: "ġ",
  ge: "≥",
  gel: "⋛",
  geq: "≥",
  geqq: "≧",
  geqslant: "⩾",
  ges: "⩾",
  gescc: "⪩",
  gesdot: "⪀",
  gesdoto: "⪂",
  gesdotol: "⪄",
  gesl: "⋛︀",
  gesles: "⪔",
  gfr: "𝔤",
  gg: "≫",
  ggg: "⋙",
  gimel: "ℷ",
  gjcy: "ѓ",
  gl: "≷",
  glE: "⪒",
  gla: "⪥",
  glj: "⪤",
  gnE: "≩",
  gnap: "⪊",
  gnapprox: "⪊",
  gne: "⪈",
  gneq: "⪈",
  gneqq: "≩",
  gnsim: "⋧",
  gopf: "𝕘",
  grave: "`",
  gscr: "ℊ",
  gsim: "≳",
  gsime: "⪎",
  gsiml: "⪐",
  gt: ">",
  gtcc: "⪧",
  gtcir: "⩺",
  gtdot: "⋗",
  gtlPar: "⦕",
  gtquest: "⩼",
  gtrapprox: "⪆",
  gtrarr: "⥸",
  gtrdot: "⋗",
  gtreqless: "⋛",
  gtreqqless: "⪌",
  gtrless: "≷",
  gtrsim: "≳",
  gvertneqq: "≩︀",
  gvnE: "≩︀",
  hArr: "⇔",
  hairsp: " ",
  half: "½",
  hamilt: "ℋ",
  hardcy: "ъ",
  harr: "↔",
  harrcir: "⥈",
  harrw: "↭",
  hbar: "ℏ",
  hcirc: "ĥ",
  hearts: "♥",
  heartsuit: "♥",
  hellip: "…",
  hercon: "⊹",
  hfr: "𝔥",
  hksearow: "⤥",
  hkswarow: "⤦",
  hoarr: "⇿",
  homtht: "∻",
  hookleftarrow: "↩",
  hookrightarrow: "↪",
  hopf: "𝕙",
  horbar: "―",
  hscr: "𝒽",
  hslash: "ℏ",
  hstrok: "ħ",
  hybull: "⁃",
  hyphen: "‐",
  iacute: "í",
  ic: "⁣",
  icirc: "î",
  icy: "и",
  iecy: "е",
  iexcl: "¡",
  iff: "⇔",
  ifr: "𝔦",
  igrave: "ì",
  ii: "ⅈ",
  iiiint: "⨌",
  iiint: "∭",
  iinfin: "⧜",
  iiota: "℩",
  ijlig: "ĳ",
  imacr: "ī",
  image: "ℑ",
  imagline: "ℐ",
  imagpart: "ℑ",
  imath: "ı",
  imof: "⊷",
  imped: "Ƶ",
  in: "∈",
  incare: "℅",
  infin: "∞",
  infintie: "⧝",
  inodot: "ı",
  int: "∫",
  intcal: "⊺",
  integers: "ℤ",
  intercal: "⊺",
  intlarhk: "⨗",
  intprod: "⨼",
  iocy: "ё",
  iogon: "į",
  iopf: "𝕚",
  iota: "ι",
  iprod: "⨼",
  iquest: "¿",
  iscr: "𝒾",
  isin: "∈",
  isinE: "⋹",
  isindot: "⋵",
  isins: "⋴",
  isinsv: "⋳",
  isinv: "∈",
  it: "⁢",
  itilde: "ĩ",
  iukcy: "і",
  iuml: "ï",
  jcirc: "ĵ",
  jcy: "й",
  jfr: "𝔧",
  jmath: "ȷ",
  jopf: "𝕛",
  jscr: "𝒿",
  jsercy: "ј",
  jukcy: "є",
  kappa: "κ",
  kappav: "ϰ",
  kcedil: "ķ",
  kcy: "к",
  kfr: "𝔨",
  kgreen: "ĸ",
  khcy: "х",
  kjcy: "ќ",
  kopf: "𝕜",
  kscr: "𝓀",
  lAarr: "⇚",
  lArr: "⇐",
  lAtail: "⤛",
  lBarr: "⤎",
  lE: "≦",
  lEg: "⪋",
  lHar: "⥢",
  lacute: "ĺ",
  laemptyv: "⦴",
  lagran: "ℒ",
  lambda: "λ",
  lang: "⟨",
  langd: "⦑",
  langle: "⟨",
  lap: "⪅",
  laquo: "«",
  larr: "←",
  larrb: "⇤",
  larrbfs: "⤟",
  larrfs: "⤝",
  larrhk: "↩",
  larrlp: "↫",
  larrpl: "⤹",
  larrsim: "⥳",
  larrtl: "↢",
  lat: "⪫",
  latail: "⤙",
  late: "⪭",
  lates: "⪭︀",
  lbarr: "⤌",
  lbbrk: "❲",
  lbrace: "{",
  lbrack: "[",
  lbrke: "⦋",
  lbrksld: "⦏",
  lbrkslu: "⦍",
  lcaron: "ľ",
  lcedil: "ļ",
  lceil: "⌈",
  lcub: "{",
  lcy: "л",
  ldca: "⤶",
  ldquo: "“",
  ldquor: "„",
  ldrdhar: "⥧",
  ldrushar: "⥋",
  ldsh: "↲",
  le: "≤",
  leftarrow: "←",
  leftarrowtail: "↢",
  leftharpoondown: "↽",
  leftharpoonup: "↼",
  leftleftarrows: "⇇",
  leftrightarrow: "↔",
  leftrightarrows: "⇆",
  leftrightharpoons: "⇋",
  leftrightsquigarrow: "↭",
  leftthreetimes: "⋋",
  leg: "⋚",
  leq: "≤",
  leqq: "≦",
  leqslant: "⩽",
  les: "⩽",
  lescc: "⪨",
  lesdot: "⩿",
  lesdoto: "⪁",
  lesdotor: "⪃",
  lesg: "⋚︀",
  lesges: "⪓",
  lessapprox: "⪅",
  lessdot: "⋖",
  lesseqgtr: "⋚",
  lesseqqgtr: "⪋",
  lessgtr: "≶",
  lesssim: "≲",
  lfisht: "⥼",
  lfloor: "⌊",
  lfr: "𝔩",
  lg: "≶",
  lgE: "⪑",
  lhard: "↽",
  lharu: "↼",
  lharul: "⥪",
  lhblk: "▄",
  ljcy: "љ",
  ll: "≪",
  llarr: "⇇",
  llcorner: "⌞",
  llhard: "⥫",
  lltri: "◺",
  lmidot: "ŀ",
  lmoust: "⎰",
  lmoustache: "⎰",
  lnE: "≨",
  lnap: "⪉",
  lnapprox: "⪉",
  lne: "⪇",
  lneq: "⪇",
  lneqq: "≨",
  lnsim: "⋦",
  loang: "⟬",
  loarr: "⇽",
  lobrk: "⟦",
  longleftarrow: "⟵",
  longleftrightarrow: "⟷",
  longmapsto: "⟼",
  longrightarrow: "⟶",
  looparrowleft: "↫",
  looparrowright: "↬",
  lopar: "⦅",
  lopf: "𝕝",
  loplus: "⨭",
  lotimes: "⨴",
  lowast: "∗",
  lowbar: "_",
  loz: "◊",
  lozenge: "◊",
  lozf: "⧫",
  lpar: "(",
  lparlt: "⦓",
  lrarr: "⇆",
  lrcorner: "⌟",
  lrhar: "⇋",
  lrhard: "⥭",
  lrm: "‎",
  lrtri: "⊿",
  lsaquo: "‹",
  lscr: "𝓁",
  lsh: "↰",
  lsim: "≲",
  lsime: "⪍",
  lsimg: "⪏",
  lsqb: "[",
  lsquo: "‘",
  lsquor: "‚",
  lstrok: "ł",
  lt: "<",
  ltcc: "⪦",
  ltcir: "⩹",
  ltdot: "⋖",
  lthree: "⋋",
  ltimes: "⋉",
  ltlarr: "⥶",
  ltquest: "⩻",
  ltrPar: "⦖",
  ltri: "◃",
  ltrie: "⊴",
  ltrif: "◂",
  lurdshar: "⥊",
  luruhar: "⥦",
  lvertneqq: "≨︀",
  lvnE: "≨︀",
  mDDot: "∺",
  macr: "¯",
  male: "♂",
  malt: "✠",
  maltese: "✠",
  map: "↦",
  mapsto: "↦",
  mapstodown: "↧",
  mapstoleft: "↤",
  mapstoup: "↥",
  marker: "▮",
  mcomma: "⨩",
  mcy: "м",
  mdash: "—",
  measuredangle: "∡",
  mfr: "𝔪",
  mho: "℧",
  micro: "µ",
  mid: "∣",
  midast: "*",
  midcir: "⫰",
  middot: "·",
  minus: "−",
  minusb: "⊟",
  minusd: "∸",
  minusdu: "⨪",
  mlcp: "⫛",
  mldr: "…",
  mnplus: "∓",
  models: "⊧",
  mopf: "𝕞",
  mp: "∓",
  mscr: "𝓂",
  mstpos: "∾",
  mu: "μ",
  multimap: "⊸",
  mumap: "⊸",
  nGg: "⋙̸",
  nGt: "≫⃒",
  nGtv: "≫̸",
  nLeftarrow: "⇍",
  nLeftrightarrow: "⇎",
  nLl: "⋘̸",
  nLt: "≪⃒",
  nLtv: "≪̸",
  nRightarrow: "⇏",
  nVDash: "⊯",
  nVdash: "⊮",
  nabla: "∇",
  nacute: "ń",
  nang: "∠⃒",
  nap: "≉",
  napE: "⩰̸",
  napid: "≋̸",
  napos: "ŉ",
  napprox: "≉",
  natur: "♮",
  natural: "♮",
  naturals: "ℕ",
  nbsp: " ",
  nbump: "≎̸",
  nbumpe: "≏̸",
  ncap: "⩃",
  ncaron: "ň",
  ncedil: "ņ",
  ncong: "≇",
  ncongdot: "⩭̸",
  ncup: "⩂",
  ncy: "н",
  ndash: "–",
  ne: "≠",
  neArr: "⇗",
  nearhk: "⤤",
  nearr: "↗",
  nearrow: "↗",
  nedot: "≐̸",
  nequiv: "≢",
  nesear: "⤨",
  nesim: "≂̸",
  nexist: "∄",
  nexists: "∄",
  nfr: "𝔫",
  ngE: "≧̸",
  nge: "≱",
  ngeq: "≱",
  ngeqq: "≧̸",
  ngeqslant: "⩾̸",
  nges: "⩾̸",
  ngsim: "≵",
  ngt: "≯",
  ngtr: "≯",
  nhArr: "⇎",
  nharr: "↮",
  nhpar: "⫲",
  ni: "∋",
  nis: "⋼",
  nisd: "⋺",
  niv: "∋",
  njcy: "њ",
  nlArr: "⇍",
  nlE: "≦̸",
  nlarr: "↚",
  nldr: "‥",
  nle: "≰",
  nleftarrow: "↚",
  nleftrightarrow: "↮",
  nleq: "≰",
  nleqq: "≦̸",
  nleqslant: "⩽̸",
  nles: "⩽̸",
  nless: "≮",
  nlsim: "≴",
  nlt: "≮",
  nltri: "⋪",
  nltrie: "⋬",
  nmid: "∤",
  nopf: "𝕟",
  not: "¬",
  notin: "∉",
  notinE: "⋹̸",
  notindot: "⋵̸",
  notinva: "∉",
  notinvb: "⋷",
  notinvc: "⋶",
  notni: "∌",
  notniva: "∌",
  notnivb: "⋾",
  notnivc: "⋽",
  npar: "∦",
  nparallel: "∦",
  nparsl: "⫽⃥",
  npart: "∂̸",
  npolint: "⨔",
  npr: "⊀",
  nprcue: "⋠",
  npre: "⪯̸",
  nprec: "⊀",
  npreceq: "⪯̸",
  nrArr: "⇏",
  nrarr: "↛",
  nrarrc: "⤳̸",
  nrarrw: "↝̸",
  nrightarrow: "↛",
  nrtri: "⋫",
  nrtrie: "⋭",
  nsc: "⊁",
  nsccue: "⋡",
  nsce: "⪰̸",
  nscr: "𝓃",
  nshortmid: "∤",
  nshortparallel: "∦",
  nsim: "≁",
  nsime: "≄",
  nsimeq: "≄",
  nsmid: "∤",
  nspar: "∦",
  nsqsube: "⋢",
  nsqsupe: "⋣",
  nsub: "⊄",
  nsubE: "⫅̸",
  nsube: "⊈",
  nsubset: "⊂⃒",
  nsubseteq: "⊈",
  nsubseteqq: "⫅̸",
  nsucc: "⊁",
  nsucceq: "⪰̸",
  nsup: "⊅",
  nsupE: "⫆̸",
  nsupe: "⊉",
  nsupset: "⊃⃒",
  nsupseteq: "⊉",
  nsupseteqq: "⫆̸",
  ntgl: "≹",
  ntilde: "ñ",
  ntlg: "≸",
  ntriangleleft: "⋪",
  ntrianglelefteq: "⋬",
  ntriangleright: "⋫",
  ntrianglerighteq: "⋭",
  nu: "ν",
  num: "#",
  numero: "№",
  numsp: " ",
  nvDash: "⊭",
  nvHarr: "⤄",
  nvap: "≍⃒",
  nvdash: "⊬",
  nvge: "≥⃒",
  nvgt: ">⃒",
  nvinfin: "⧞",
  nvlArr: "⤂",
  nvle: "≤⃒",
  nvlt: "<⃒",
  nvltrie: "⊴⃒",
  nvrArr: "⤃",
  nvrtrie: "⊵⃒",
  nvsim: "∼⃒",
  nwArr: "⇖",
  nwarhk: "⤣",
  nwarr: "↖",
  nwarrow: "↖",
  nwnear: "⤧",
  oS: "Ⓢ",
  oacute: "ó",
  oast: "⊛",
  ocir: "⊚",
  ocirc: "ô",
  ocy: "о",
  odash: "⊝",
  odblac: "ő",
  odiv: "⨸",
  odot: "⊙",
  odsold: "⦼",
  oelig: "œ",
  ofcir: "⦿",
  ofr: "𝔬",
  ogon: "˛",
  ograve: "ò",
  ogt: "⧁",
  ohbar: "⦵",
  ohm: "Ω",
  oint: "∮",
  olarr: "↺",
  olcir: "⦾",
  olcross: "⦻",
  oline: "‾",
  olt: "⧀",
  omacr: "ō",
  omega: "ω",
  omicron: "ο",
  omid: "⦶",
  ominus: "⊖",
  oopf: "𝕠",
  opar: "⦷",
  operp: "⦹",
  oplus: "⊕",
  or: "∨",
  orarr: "↻",
  ord: "⩝",
  order: "ℴ",
  orderof: "ℴ",
  ordf: "ª",
  ordm: "º",
  origof: "⊶",
  oror: "⩖",
  orslope: "⩗",
  orv: "⩛",
  oscr: "ℴ",
  oslash: "ø",
  osol: "⊘",
  otilde: "õ",
  otimes: "⊗",
  otimesas: "⨶",
  ouml: "ö",
  ovbar: "⌽",
  par: "∥",
  para: "¶",
  parallel: "∥",
  parsim: "⫳",
  parsl: "⫽",
  part: "∂",
  pcy: "п",
  percnt: "%",
  period: ".",
  permil: "‰",
  perp: "⊥",
  pertenk: "‱",
  pfr: "𝔭",
  phi: "φ",
  phiv: "ϕ",
  phmmat: "ℳ",
  phone: "☎",
  pi: "π",
  pitchfork: "⋔",
  piv: "ϖ",
  planck: "ℏ",
  planckh: "ℎ",
  plankv: "ℏ",
  plus: "+",
  plusacir: "⨣",
  plusb: "⊞",
  pluscir: "⨢",
  plusdo: "∔",
  plusdu: "⨥",
  pluse: "⩲",
  plusmn: "±",
  plussim: "⨦",
  plustwo: "⨧",
  pm: "±",
  pointint: "⨕",
  popf: "𝕡",
  pound: "£",
  pr: "≺",
  prE: "⪳",
  prap: "⪷",
  prcue: "≼",
  pre: "⪯",
  prec: "≺",
  precapprox: "⪷",
  preccurlyeq: "≼",
  preceq: "⪯",
  precnapprox: "⪹",
  precneqq: "⪵",
  precnsim: "⋨",
  precsim: "≾",
  prime: "′",
  primes: "ℙ",
  prnE: "⪵",
  prnap: "⪹",
  prnsim: "⋨",
  prod: "∏",
  profalar: "⌮",
  profline: "⌒",
  profsurf: "⌓",
  prop: "∝",
  propto: "∝",
  prsim: "≾",
  prurel: "⊰",
  pscr: "𝓅",
  psi: "ψ",
  puncsp: " ",
  qfr: "𝔮",
  qint: "⨌",
  qopf: "𝕢",
  qprime: "⁗",
  qscr: "𝓆",
  quaternions: "ℍ",
  quatint: "⨖",
  quest: "?",
  questeq: "≟",
  quot: '"',
  rAarr: "⇛",
  rArr: "⇒",
  rAtail: "⤜",
  rBarr: "⤏",
  rHar: "⥤",
  race: "∽̱",
  racute: "ŕ",
  radic: "√",
  raemptyv: "⦳",
  rang: "⟩",
  rangd: "⦒",
  range: "⦥",
  rangle: "⟩",
  raquo: "»",
  rarr: "→",
  rarrap: "⥵",
  rarrb: "⇥",
  rarrbfs: "⤠",
  rarrc: "⤳",
  rarrfs: "⤞",
  rarrhk: "↪",
  rarrlp: "↬",
  rarrpl: "⥅",
  rarrsim: "⥴",
  rarrtl: "↣",
  rarrw: "↝",
  ratail: "⤚",
  ratio: "∶",
  rationals: "ℚ",
  rbarr: "⤍",
  rbbrk: "❳",
  rbrace: "}",
  rbrack: "]",
  rbrke: "⦌",
  rbrksld: "⦎",
  rbrkslu: "⦐",
  rcaron: "ř",
  rcedil: "ŗ",
  rceil: "⌉",
  rcub: "}",
  rcy: "р",
  rdca: "⤷",
  rdldhar: "⥩",
  rdquo: "”",
  rdquor: "”",
  rdsh: "↳",
  real: "ℜ",
  realine: "ℛ",
  realpart: "ℜ",
  reals: "ℝ",
  rect: "▭",
  reg: "®",
  rfisht: "⥽",
  rfloor: "⌋",
  rfr: "𝔯",
  rhard: "⇁",
  rharu: "⇀",
  rharul: "⥬",
  rho: "ρ",
  rhov: "ϱ",
  rightarrow: "→",
  rightarrowtail: "↣",
  rightharpoondown: "⇁",
  rightharpoonup: "⇀",
  rightleftarrows: "⇄",
  rightleftharpoons: "⇌",
  rightrightarrows: "⇉",
  rightsquigarrow: "↝",
  rightthreetimes: "⋌",
  ring: "˚",
  risingdotseq: "≓",
  rlarr: "⇄",
  rlhar: "⇌",
  rlm: "‏",
  rmoust: "⎱",
  rmoustache: "⎱",
  rnmid: "⫮",
  roang: "⟭",
  roarr: "⇾",
  robrk: "⟧",
  ropar: "⦆",
  ropf: "𝕣",
  roplus: "⨮",
  rotimes: "⨵",
  rpar: ")",
  rpargt: "⦔",
  rppolint: "⨒",
  rrarr: "⇉",
  rsaquo: "›",
  rscr: "𝓇",
  rsh: "↱",
  rsqb: "]",
  rsquo: "’",
  rsquor: "’",
  rthree: "⋌",
  rtimes: "⋊",
  rtri: "▹",
  rtrie: "⊵",
  rtrif: "▸",
  rtriltri: "⧎",
  ruluhar: "⥨",
  rx: "℞",
  sacute: "ś",
  sbquo: "‚",
  sc: "≻",
  scE: "⪴",
  scap: "⪸",
  scaron: "š",
  sccue: "≽",
  sce: "⪰",
  scedil: "ş",
  scirc: "ŝ",
  scnE: "⪶",
  scnap: "⪺",
  scnsim: "⋩",
  scpolint: "⨓",
  scsim: "≿",
  scy: "с",
  sdot: "⋅",
  sdotb: "⊡",
  sdote: "⩦",
  seArr: "⇘",
  searhk: "⤥",
  searr: "↘",
  searrow: "↘",
  sect: "§",
  semi: ";",
  seswar: "⤩",
  setminus: "∖",
  setmn: "∖",
  sext: "✶",
  sfr: "𝔰",
  sfrown: "⌢",
  sharp: "♯",
  shchcy: "щ",
  shcy: "ш",
  shortmid: "∣",
  shortparallel: "∥",
  shy: "­",
  sigma: "σ",
  sigmaf: "ς",
  sigmav: "ς",
  sim: "∼",
  simdot: "⩪",
  sime: "≃",
  simeq: "≃",
  simg: "⪞",
  simgE: "⪠",
  siml: "⪝",
  simlE: "⪟",
  simne: "≆",
  simplus: "⨤",
  simrarr: "⥲",
  slarr: "←",
  smallsetminus: "∖",
  smashp: "⨳",
  smeparsl: "⧤",
  smid: "∣",
  smile: "⌣",
  smt: "⪪",
  smte: "⪬",
  smtes: "⪬︀",
  softcy: "ь",
  sol: "/",
  solb: "⧄",
  solbar: "⌿",
  sopf: "𝕤",
  spades: "♠",
  spadesuit: "♠",
  spar: "∥",
  sqcap: "⊓",
  sqcaps: "⊓︀",
  sqcup: "⊔",
  sqcups: "⊔︀",
  sqsub: "⊏",
  sqsube: "⊑",
  sqsubset: "⊏",
  sqsubseteq: "⊑",
  sqsup: "⊐",
  sqsupe: "⊒",
  sqsupset: "⊐",
  sqsupseteq: "⊒",
  squ: "□",
  square: "□",
  squarf: "▪",
  squf: "▪",
  srarr: "→",
  sscr: "𝓈",
  ssetmn: "∖",
  ssmile: "⌣",
  sstarf: "⋆",
  star: "☆",
  starf: "★",
  straightepsilon: "ϵ",
  straightphi: "ϕ",
  strns: "¯",
  sub: "⊂",
  subE: "⫅",
  subdot: "⪽",
  sube: "⊆",
  subedot: "⫃",
  submult: "⫁",
  subnE: "⫋",
  subne: "⊊",
  subplus: "⪿",
  subrarr: "⥹",
  subset: "⊂",
  subseteq: "⊆",
  subseteqq: "⫅",
  subsetneq: "⊊",
  subsetneqq: "⫋",
  subsim: "⫇",
  subsub: "⫕",
  subsup: "⫓",
  succ: "≻",
  succapprox: "⪸",
  succcurlyeq: "≽",
  succeq: "⪰",
  succnapprox: "⪺",
  succneqq: "⪶",
  succnsim: "⋩",
  succsim: "≿",
  sum: "∑",
  sung: "♪",
  sup1: "¹",
  sup2: "²",
  sup3: "³",
  sup: "⊃",
  supE: "⫆",
  supdot: "⪾",
  supdsub: "⫘",
  supe: "⊇",
  supedot: "⫄",
  suphsol: "⟉",
  suphsub: "⫗",
  suplarr: "⥻",
  supmult: "⫂",
  supnE: "⫌",
  supne: "⊋",
  supplus: "⫀",
  supset: "⊃",
  supseteq: "⊇",
  supseteqq: "⫆",
  supsetneq: "⊋",
  supsetneqq: "⫌",
  supsim: "⫈",
  supsub: "⫔",
  supsup: "⫖",
  swArr: "⇙",
  swarhk: "⤦",
  swarr: "↙",
  swarrow: "↙",
  swnwar: "⤪",
  szlig: "ß",
  target: "⌖",
  tau: "τ",
  tbrk: "⎴",
  tcaron: "ť",
  tcedil: "ţ",
  tcy: "т",
  tdot: "⃛",
  telrec: "⌕",
  tfr: "𝔱",
  there4: "∴",
  therefore: "∴",
  theta: "θ",
  thetasym: "ϑ",
  thetav: "ϑ",
  thickapprox: "≈",
  thicksim: "∼",
  thinsp: " ",
  thkap: "≈",
  thksim: "∼",
  thorn: "þ",
  tilde: "˜",
  times: "×",
  timesb: "⊠",
  timesbar: "⨱",
  timesd: "⨰",
  tint: "∭",
  toea: "⤨",
  top: "⊤",
  topbot: "⌶",
  topcir: "⫱",
  topf: "𝕥",
  topfork: "⫚",
  tosa: "⤩",
  tprime: "‴",
  trade: "™",
  triangle: "▵",
  triangledown: "▿",
  triangleleft: "◃",
  trianglelefteq: "⊴",
  triangleq: "≜",
  triangleright: "▹",
  trianglerighteq: "⊵",
  tridot: "◬",
  trie: "≜",
  triminus: "⨺",
  triplus: "⨹",
  trisb: "⧍",
  tritime: "⨻",
  trpezium: "⏢",
  tscr: "𝓉",
  tscy: "ц",
  tshcy: "ћ",
  tstrok: "ŧ",
  twixt: "≬",
  twoheadleftarrow: "↞",
  twoheadrightarrow: "↠",
  uArr: "⇑",
  uHar: "⥣",
  uacute: "ú",
  uarr: "↑",
  ubrcy: "ў",
  ubreve: "ŭ",
  ucirc: "û",
  ucy: "у",
  udarr: "⇅",
  udblac: "ű",
  udhar: "⥮",
  ufisht: "⥾",
  ufr: "𝔲",
  ugrave: "ù",
  uharl: "↿",
  uharr: "↾",
  uhblk: "▀",
  ulcorn: "⌜",
  ulcorner: "⌜",
  ulcrop: "⌏",
  ultri: "◸",
  umacr: "ū",
  uml: "¨",
  uogon: "ų",
  uopf: "𝕦",
  uparrow: "↑",
  updownarrow: "↕",
  upharpoonleft: "↿",
  upharpoonright: "↾",
  uplus: "⊎",
  upsi: "υ",
  upsih: "ϒ",
  upsilon: "υ",
  upuparrows: "⇈",
  urcorn: "⌝",
  urcorner: "⌝",
  urcrop: "⌎",
  uring: "ů",
  urtri: "◹",
  uscr: "𝓊",
  utdot: "⋰",
  utilde: "ũ",
  utri: "▵",
  utrif: "▴",
  uuarr: "⇈",
  uuml: "ü",
  uwangle: "⦧",
  vArr: "⇕",
  vBar: "⫨",
  vBarv: "⫩",
  vDash: "⊨",
  vangrt: "⦜",
  varepsilon: "ϵ",
  varkappa: "ϰ",
  varnothing: "∅",
  varphi: "ϕ",
  varpi: "ϖ",
  varpropto: "∝",
  varr: "↕",
  varrho: "ϱ",
  varsigma: "ς",
  varsubsetneq: "⊊︀",
  varsubsetneqq: "⫋︀",
  varsupsetneq: "⊋︀",
  varsupsetneqq: "⫌︀",
  vartheta: "ϑ",
  vartriangleleft: "⊲",
  vartriangleright: "⊳",
  vcy: "в",
  vdash: "⊢",
  vee: "∨",
  veebar: "⊻",
  veeeq: "≚",
  vellip: "⋮",
  verbar: "|",
  vert: "|",
  vfr: "𝔳",
  vltri: "⊲",
  vnsub: "⊂⃒",
  vnsup: "⊃⃒",
  vopf: "𝕧",
  vprop: "∝",
  vrtri: "⊳",
  vscr: "𝓋",
  vsubnE: "⫋︀",
  vsubne: "⊊︀",
  vsupnE: "⫌︀",
  vsupne: "⊋︀",
  vzigzag: "⦚",
  wcirc: "ŵ",
  wedbar: "⩟",
  wedge: "∧",
  wedgeq: "≙",
  weierp: "℘",
  wfr: "𝔴",
  wopf: "𝕨",
  wp: "℘",
  wr: "≀",
  wreath: "≀",
  wscr: "𝓌",
  xcap: "⋂",
  xcirc: "◯",
  xcup: "⋃",
  xdtri: "▽",
  xfr: "𝔵",
  xhArr: "⟺",
  xharr: "⟷",
  xi: "ξ",
  xlArr: "⟸",
  xlarr: "⟵",
  xmap: "⟼",
  xnis: "⋻",
  xodot: "⨀",
  xopf: "𝕩",
  xoplus: "⨁",
  xotime: "⨂",
  xrArr: "⟹",
  xrarr: "⟶",
  xscr: "𝓍",
  xsqcup: "⨆",
  xuplus: "⨄",
  xutri: "△",
  xvee: "⋁",
  xwedge: "⋀",
  yacute: "ý",
  yacy: "я",
  ycirc: "ŷ",
  ycy: "ы",
  yen: "¥",
  yfr: "𝔶",
  yicy: "ї",
  yopf: "𝕪",
  yscr: "𝓎",
  yucy: "ю",
  yuml: "ÿ",
  zacute: "ź",
  zcaron: "ž",
  zcy: "з",
  zdot: "ż",
  zeetrf: "ℨ",
  zeta: "ζ",
  zfr: "𝔷",
  zhcy: "ж",
  zigrarr: "⇝",
  zopf: "𝕫",
  zscr: "𝓏",
  zwj: "‍",
  zwnj: "‌"
};

// node_modules/decode-named-character-reference/index.js
var own = {}.hasOwnProperty;
function decodeNamedCharacterReference(value) {
  return own.call(characterEntities, value) ? characterEntities[value] : false;
}

// node_modules/micromark-util-chunked/index.js
function splice(list2, start, remove, items) {
  const end = list2.length;
  let chunkStart = 0;
  let parameters;
  if (start < 0) {
    start = -start > end ? 0 : end + start;
  } else {
    start = start > end ? end : start;
  }
  remove = remove > 0 ? remove : 0;
  if (items.length < 1e4) {
    parameters = Array.from(items);
    parameters.unshift(start, remove);
    list2.splice(...parameters);
  } else {
    if (remove) list2.splice(start, remove);
    while (chunkStart < items.length) {
      parameters = items.slice(chunkStart, chunkStart + 1e4);
      parameters.unshift(start, 0);
      list2.splice(...parameters);
      chunkStart += 1e4;
      start += 1e4;
    }
  }
}
function push(list2, items) {
  if (list2.length > 0) {
    splice(list2, list2.length, 0, items);
    return list2;
  }
  return items;
}

// node_modules/micromark-util-combine-extensions/index.js
var hasOwnProperty = {}.hasOwnProperty;
function combineExtensions(extensions) {
  const all2 = {};
  let index2 = -1;
  while (++index2 < extensions.length) {
    syntaxExtension(all2, extensions[index2]);
  }
  return all2;
}
function syntaxExtension(all2, extension2) {
  let hook;
  for (hook in extension2) {
    const maybe = hasOwnProperty.call(all2, hook) ? all2[hook] : void 0;
    const left = maybe || (all2[hook] = {});
    const right = extension2[hook];
    let code;
    if (right) {
      for (code in right) {
        if (!hasOwnProperty.call(left, code)) left[code] = [];
        const value = right[code];
        constructs(
          // @ts-expect-error Looks like a list.
          left[code],
          Array.isArray(value) ? value : value ? [value] : []
        );
      }
    }
  }
}
function constructs(existing, list2) {
  let index2 = -1;
  const before = [];
  while (++index2 < list2.length) {
    ;
    (list2[index2].add === "after" ? existing : before).push(list2[index2]);
  }
  splice(existing, 0, 0, before);
}

// node_modules/micromark-util-decode-numeric-character-reference/index.js
function decodeNumericCharacterReference(value, base) {
  const code = Number.parseInt(value, base);
  if (
    // C0 except for HT, LF, FF, CR, space.
    code < 9 || code === 11 || code > 13 && code < 32 || // Control character (DEL) of C0, and C1 controls.
    code > 126 && code < 160 || // Lone high surrogates and low surrogates.
    code > 55295 && code < 57344 || // Noncharacters.
    code > 64975 && code < 65008 || /* eslint-disable no-bitwise */
    (code & 65535) === 65535 || (code & 65535) === 65534 || /* eslint-enable no-bitwise */
    // Out of range
    code > 1114111
  ) {
    return "�";
  }
  return String.fromCodePoint(code);
}

// node_modules/micromark-util-normalize-identifier/index.js
function normalizeIdentifier(value) {
  return value.replace(/[\t\n\r ]+/g, " ").replace(/^ | $/g, "").toLowerCase().toUpperCase();
}

// node_modules/micromark-util-character/index.js
var asciiAlpha = regexCheck(/[A-Za-z]/);
var asciiAlphanumeric = regexCheck(/[\dA-Za-z]/);
var asciiAtext = regexCheck(/[#-'*+\--9=?A-Z^-~]/);
function asciiControl(code) {
  return (
    // Special whitespace codes (which have negative values), C0 and Control
    // character DEL
    code !== null && (code < 32 || code === 127)
  );
}
var asciiDigit = regexCheck(/\d/);
var asciiHexDigit = regexCheck(/[\dA-Fa-f]/);
var asciiPunctuation = regexCheck(/[!-/:-@[-`{-~]/);
function markdownLineEnding(code) {
  return code !== null && code < -2;
}
function markdownLineEndingOrSpace(code) {
  return code !== null && (code < 0 || code === 32);
}
function markdownSpace(code) {
  return code === -2 || code === -1 || code === 32;
}
var unicodePunctuation = regexCheck(new RegExp("\\p{P}|\\p{S}", "u"));
var unicodeWhitespace = regexCheck(/\s/);
function regexCheck(regex) {
  return check;
  function check(code) {
    return code !== null && code > -1 && regex.test(String.fromCharCode(code));
  }
}

// node_modules/micromark-factory-space/index.js
function factorySpace(effects, ok2, type, max) {
  const limit = max ? max - 1 : Infinity;
  let size = 0;
  return start;
  function start(code) {
    if (markdownSpace(code)) {
      effects.enter(type);
      return prefix(code);
    }
    return ok2(code);
  }
  function prefix(code) {
    if (markdownSpace(code) && size++ < limit) {
      effects.consume(code);
      return prefix;
    }
    effects.exit(type);
    return ok2(code);
  }
}
function factorySpaceMinMax(effects, ok2, nok, type, min, max) {
  let size = 0;
  return start;
  function start(code) {
    if (max > 0 && markdownSpace(code)) {
      effects.enter(type);
      return prefix(code);
    }
    return after(code);
  }
  function prefix(code) {
    if (markdownSpace(code) && size < max) {
      effects.consume(code);
      size++;
      return prefix;
    }
    effects.exit(type);
    return after(code);
  }
  function after(code) {
    return size >= min ? ok2(code) : nok(code);
  }
}

// node_modules/micromark/lib/initialize/content.js
var content = {
  tokenize: initializeContent
};
function initializeContent(effects) {
  const contentStart = effects.attempt(this.parser.constructs.contentInitial, afterContentStartConstruct, paragraphInitial);
  let previous2;
  return contentStart;
  function afterContentStartConstruct(code) {
    if (code === null) {
      effects.consume(code);
      return;
    }
    effects.enter("lineEnding");
    effects.consume(code);
    effects.exit("lineEnding");
    return factorySpace(effects, contentStart, "linePrefix");
  }
  function paragraphInitial(code) {
    effects.enter("paragraph");
    return lineStart(code);
  }
  function lineStart(code) {
    const token = effects.enter("chunkText", {
      contentType: "text",
      previous: previous2
    });
    if (previous2) {
      previous2.next = token;
    }
    previous2 = token;
    return data(code);
  }
  function data(code) {
    if (code === null) {
      effects.exit("chunkText");
      effects.exit("paragraph");
      effects.consume(code);
      return;
    }
    if (markdownLineEnding(code)) {
      effects.consume(code);
      effects.exit("chunkText");
      return lineStart;
    }
    effects.consume(code);
    return data;
  }
}

// node_modules/micromark-util-edit-map/index.js
var EditMap = class {
  /**
   * Create a new edit map.
   *
   * @returns
   *   New instance.
   */
  constructor() {
    this.index = /* @__PURE__ */ new Map();
    this.map = [];
  }
  /**
   * Create an edit: a remove and/or add at a certain place.
   *
   * @param {number} index
   *   Index at which to apply the edit.
   * @param {number} remove
   *   Count of items to remove at the index.
   * @param {Array<Event>} add
   *   Items to add at the index.
   * @returns {undefined}
   *   Nothing.
   */
  add(index2, remove, add) {
    addImplementation(this, index2, remove, add, false);
  }
  /**
   * Create an edit: but insert `add` before existing additions, instead of
   * after them.
   *
   * @param {number} index
   *   Index at which to apply the edit.
   * @param {number} remove
   *   Count of items to remove at the index.
   * @param {Array<Event>} add
   *   Items to add at the index.
   * @returns {undefined}
   *   Nothing.
   */
  addBefore(index2, remove, add) {
    addImplementation(this, index2, remove, add, true);
  }
  /**
   * Done, change the events.
   *
   * @param {Array<Event>} events
   *   List of events to apply the edits to.
   * @returns {undefined}
   *   Nothing.
   */
  consume(events) {
    this.map.sort(function(a, b) {
      return a[0] - b[0];
    });
    if (this.map.length === 0) {
      return;
    }
    let index2 = this.map.length;
    const vecs = [];
    while (index2 > 0) {
      index2 -= 1;
      vecs.push(events.slice(this.map[index2][0] + this.map[index2][1]), this.map[index2][2]);
      events.length = this.map[index2][0];
    }
    vecs.push(events.slice());
    events.length = 0;
    let slice = vecs.pop();
    while (slice) {
      for (const element of slice) {
        events.push(element);
      }
      slice = vecs.pop();
    }
    this.map.length = 0;
    this.index.clear();
  }
};
function addImplementation(editMap, at, remove, add, before) {
  if (remove === 0 && add.length === 0) {
    return;
  }
  const existing = editMap.index.get(at);
  if (existing) {
    existing[1] += remove;
    if (before) {
      add.push(...existing[2]);
      existing[2] = add;
    } else {
      existing[2].push(...add);
    }
    return;
  }
  const change = [at, remove, add];
  editMap.map.push(change);
  editMap.index.set(at, change);
}

// node_modules/micromark/lib/initialize/document.js
var document = {
  tokenize: initializeDocument
};
var containerConstruct = {
  tokenize: tokenizeContainer
};
function initializeDocument(effects) {
  const self = this;
  const stack = [];
  let continued = 0;
  let childFlow;
  let childToken;
  let lineStartOffset;
  return start;
  function start(code) {
    if (continued < stack.length) {
      const item = stack[continued];
      self.containerState = item[1];
      return effects.attempt(item[0].continuation, documentContinue, checkNewContainers)(code);
    }
    return checkNewContainers(code);
  }
  function documentContinue(code) {
    continued++;
    if (self.containerState._closeFlow) {
      self.containerState._closeFlow = void 0;
      if (childFlow) {
        closeFlow();
      }
      const indexBeforeExits = self.events.length;
      let indexBeforeFlow = indexBeforeExits;
      let point3;
      while (indexBeforeFlow--) {
        if (self.events[indexBeforeFlow][0] === "exit" && self.events[indexBeforeFlow][1].type === "chunkFlow") {
          point3 = self.events[indexBeforeFlow][1].end;
          break;
        }
      }
      exitContainers(continued);
      let index2 = indexBeforeExits;
      while (index2 < self.events.length) {
        self.events[index2][1].end = {
          ...point3
        };
        index2++;
      }
      const editMap = new EditMap();
      editMap.add(indexBeforeFlow + 1, 0, self.events.slice(indexBeforeExits));
      editMap.add(indexBeforeExits, index2 - indexBeforeExits, []);
      editMap.consume(self.events);
      return checkNewContainers(code);
    }
    return start(code);
  }
  function checkNewContainers(code) {
    if (continued === stack.length) {
      if (!childFlow) {
        return documentContinued(code);
      }
      if (childFlow.currentConstruct && childFlow.currentConstruct.concrete) {
        return flowStart(code);
      }
      self.interrupt = Boolean(childFlow.currentConstruct && !childFlow._gfmTableDynamicInterruptHack);
    }
    self.containerState = {};
    return effects.check(containerConstruct, thereIsANewContainer, thereIsNoNewContainer)(code);
  }
  function thereIsANewContainer(code) {
    if (childFlow) {
      closeFlow();
    }
    exitContainers(continued);
    return documentContinued(code);
  }
  function thereIsNoNewContainer(code) {
    self.parser.lazy[self.now().line] = continued !== stack.length;
    lineStartOffset = self.now().offset;
    return flowStart(code);
  }
  function documentContinued(code) {
    self.containerState = {};
    return effects.attempt(containerConstruct, containerContinue, flowStart)(code);
  }
  function containerContinue(code) {
    continued++;
    stack.push([self.currentConstruct, self.containerState]);
    return documentContinued(code);
  }
  function flowStart(code) {
    if (code === null) {
      if (childFlow) {
        closeFlow();
      }
      exitContainers(0);
      effects.consume(code);
      return;
    }
    childFlow = childFlow || self.parser.flow(self.now());
    effects.enter("chunkFlow", {
      _tokenizer: childFlow,
      contentType: "flow",
      previous: childToken
    });
    return flowContinue(code);
  }
  function flowContinue(code) {
    if (code === null) {
      writeToChild(effects.exit("chunkFlow"), true);
      exitContainers(0);
      effects.consume(code);
      return;
    }
    if (markdownLineEnding(code)) {
      effects.consume(code);
      writeToChild(effects.exit("chunkFlow"));
      continued = 0;
      self.interrupt = void 0;
      return start;
    }
    effects.consume(code);
    return flowContinue;
  }
  function writeToChild(token, endOfFile) {
    const stream = self.sliceStream(token);
    if (endOfFile) {
      stream.push(null);
    }
    token.previous = childToken;
    if (childToken) {
      childToken.next = token;
    }
    childToken = token;
    childFlow.defineSkip(token.start);
    childFlow.write(stream);
    if (self.parser.lazy[token.start.line]) {
      let index2 = childFlow.events.length;
      while (index2--) {
        if (
          // The token starts before the line ending…
          childFlow.events[index2][1].start.offset < lineStartOffset && // …and either is not ended yet…
          (!childFlow.events[index2][1].end || // …or ends after it.
          childFlow.events[index2][1].end.offset > lineStartOffset)
        ) {
          return;
        }
      }
      const indexBeforeExits = self.events.length;
      let indexBeforeFlow = indexBeforeExits;
      let seen;
      let point3;
      while (indexBeforeFlow--) {
        if (self.events[indexBeforeFlow][0] === "exit" && self.events[indexBeforeFlow][1].type === "chunkFlow") {
          if (seen) {
            point3 = self.events[indexBeforeFlow][1].end;
            break;
          }
          seen = true;
        }
      }
      exitContainers(continued);
      index2 = indexBeforeExits;
      while (index2 < self.events.length) {
        self.events[index2][1].end = {
          ...point3
        };
        index2++;
      }
      const editMap = new EditMap();
      editMap.add(indexBeforeFlow + 1, 0, self.events.slice(indexBeforeExits));
      editMap.add(indexBeforeExits, index2 - indexBeforeExits, []);
      editMap.consume(self.events);
    }
  }
  function exitContainers(size) {
    let index2 = stack.length;
    while (index2-- > size) {
      const entry = stack[index2];
      self.containerState = entry[1];
      entry[0].exit.call(self, effects);
    }
    stack.length = size;
  }
  function closeFlow() {
    childFlow.write([null]);
    childToken = void 0;
    childFlow = void 0;
    self.containerState._closeFlow = void 0;
  }
}
function tokenizeContainer(effects, ok2, nok) {
  return factorySpace(effects, effects.attempt(this.parser.constructs.document, ok2, nok), "linePrefix", this.parser.constructs.disable.null.includes("codeIndented") ? void 0 : 4);
}

// node_modules/micromark-util-classify-character/index.js
function classifyCharacter(code) {
  if (code === null || markdownLineEndingOrSpace(code) || unicodeWhitespace(code)) {
    return 1;
  }
  if (unicodePunctuation(code)) {
    return 2;
  }
}

// node_modules/micromark-util-resolve-all/index.js
function resolveAll(constructs2, events, context) {
  const called = [];
  let index2 = -1;
  while (++index2 < constructs2.length) {
    const resolve = constructs2[index2].resolveAll;
    if (resolve && !called.includes(resolve)) {
      events = resolve(events, context);
      called.push(resolve);
    }
  }
  return events;
}

// node_modules/micromark-core-commonmark/lib/attention.js
var attention = {
  name: "attention",
  resolveAll: resolveAllAttention,
  tokenize: tokenizeAttention
};
function resolveAllAttention(events, context) {
  let index2 = -1;
  let nextEvents;
  while (++index2 < events.length) {
    if (events[index2][0] === "enter" && events[index2][1].type === "attentionSequence" && events[index2][1]._close) {
      let open = index2;
      while (open--) {
        if (events[open][0] === "exit" && events[open][1].type === "attentionSequence" && events[open][1]._open && // If the markers are the same:
        context.sliceSerialize(events[open][1]).charCodeAt(0) === context.sliceSerialize(events[index2][1]).charCodeAt(0)) {
          if ((events[open][1]._close || events[index2][1]._open) && (events[index2][1].end.offset - events[index2][1].start.offset) % 3 && !((events[open][1].end.offset - events[open][1].start.offset + events[index2][1].end.offset - events[index2][1].start.offset) % 3)) {
            continue;
          }
          const use = events[open][1].end.offset - events[open][1].start.offset > 1 && events[index2][1].end.offset - events[index2][1].start.offset > 1 ? 2 : 1;
          const start = {
            ...events[open][1].end
          };
          const end = {
            ...events[index2][1].start
          };
          movePoint(start, -use);
          movePoint(end, use);
          const openingSequence = {
            type: use > 1 ? "strongSequence" : "emphasisSequence",
            start,
            end: {
              ...events[open][1].end
            }
          };
          const closingSequence = {
            type: use > 1 ? "strongSequence" : "emphasisSequence",
            start: {
              ...events[index2][1].start
            },
            end
          };
          const text3 = {
            type: use > 1 ? "strongText" : "emphasisText",
            start: {
              ...events[open][1].end
            },
            end: {
              ...events[index2][1].start
            }
          };
          const group = {
            type: use > 1 ? "strong" : "emphasis",
            start: {
              ...openingSequence.start
            },
            end: {
              ...closingSequence.end
            }
          };
          events[open][1].end = {
            ...openingSequence.start
          };
          events[index2][1].start = {
            ...closingSequence.end
          };
          nextEvents = [];
          if (events[open][1].end.offset - events[open][1].start.offset) {
            nextEvents = push(nextEvents, [["enter", events[open][1], context], ["exit", events[open][1], context]]);
          }
          nextEvents = push(nextEvents, [["enter", group, context], ["enter", openingSequence, context], ["exit", openingSequence, context], ["enter", text3, context]]);
          nextEvents = push(nextEvents, resolveAll(context.parser.constructs.insideSpan.null, events.slice(open + 1, index2), context));
          nextEvents = push(nextEvents, [["exit", text3, context], ["enter", closingSequence, context], ["exit", closingSequence, context], ["exit", group, context]]);
          let offset = 0;
          if (events[index2][1].end.offset - events[index2][1].start.offset) {
            offset = 2;
            nextEvents = push(nextEvents, [["enter", events[index2][1], context], ["exit", events[index2][1], context]]);
          }
          splice(events, open - 1, index2 - open + 3, nextEvents);
          index2 = open + nextEvents.length - offset - 2;
          break;
        }
      }
    }
  }
  index2 = -1;
  while (++index2 < events.length) {
    if (events[index2][1].type === "attentionSequence") {
      events[index2][1].type = "data";
    }
  }
  return events;
}
function tokenizeAttention(effects, ok2) {
  const attentionMarkers2 = this.parser.constructs.attentionMarkers.null;
  const previous2 = this.previous;
  const before = classifyCharacter(previous2);
  let marker;
  return start;
  function start(code) {
    marker = code;
    effects.enter("attentionSequence");
    return inside(code);
  }
  function inside(code) {
    if (code === marker) {
      effects.consume(code);
      return inside;
    }
    const token = effects.exit("attentionSequence");
    const after = classifyCharacter(code);
    const open = !after || after === 2 && before || attentionMarkers2.includes(code) && code !== 42 && code !== 95;
    const close = !before || before === 2 && after || attentionMarkers2.includes(previous2) && previous2 !== 42 && previous2 !== 95;
    token._open = Boolean(marker === 42 ? open : open && (before || !close));
    token._close = Boolean(marker === 42 ? close : close && (after || !open));
    return ok2(code);
  }
}
function movePoint(point3, offset) {
  point3.column += offset;
  point3.offset += offset;
  point3._bufferIndex += offset;
}

// node_modules/micromark-core-commonmark/lib/autolink.js
var autolink = {
  name: "autolink",
  tokenize: tokenizeAutolink
};
function tokenizeAutolink(effects, ok2, nok) {
  let size = 0;
  return start;
  function start(code) {
    effects.enter("autolink");
    effects.enter("autolinkMarker");
    effects.consume(code);
    effects.exit("autolinkMarker");
    effects.enter("autolinkProtocol");
    return open;
  }
  function open(code) {
    if (asciiAlpha(code)) {
      effects.consume(code);
      return schemeOrEmailAtext;
    }
    if (code === 64) {
      return nok(code);
    }
    return emailAtext(code);
  }
  function schemeOrEmailAtext(code) {
    if (code === 43 || code === 45 || code === 46 || asciiAlphanumeric(code)) {
      size = 1;
      return schemeInsideOrEmailAtext(code);
    }
    return emailAtext(code);
  }
  function schemeInsideOrEmailAtext(code) {
    if (code === 58) {
      effects.consume(code);
      size = 0;
      return urlInside;
    }
    if ((code === 43 || code === 45 || code === 46 || asciiAlphanumeric(code)) && size++ < 32) {
      effects.consume(code);
      return schemeInsideOrEmailAtext;
    }
    size = 0;
    return emailAtext(code);
  }
  function urlInside(code) {
    if (code === 62) {
      effects.exit("autolinkProtocol");
      effects.enter("autolinkMarker");
      effects.consume(code);
      effects.exit("autolinkMarker");
      effects.exit("autolink");
      return ok2;
    }
    if (code === null || code === 32 || code === 60 || asciiControl(code)) {
      return nok(code);
    }
    effects.consume(code);
    return urlInside;
  }
  function emailAtext(code) {
    if (code === 64) {
      effects.consume(code);
      return emailAtSignOrDot;
    }
    if (asciiAtext(code)) {
      effects.consume(code);
      return emailAtext;
    }
    return nok(code);
  }
  function emailAtSignOrDot(code) {
    return asciiAlphanumeric(code) ? emailLabel(code) : nok(code);
  }
  function emailLabel(code) {
    if (code === 46) {
      effects.consume(code);
      size = 0;
      return emailAtSignOrDot;
    }
    if (code === 62) {
      effects.exit("autolinkProtocol").type = "autolinkEmail";
      effects.enter("autolinkMarker");
      effects.consume(code);
      effects.exit("autolinkMarker");
      effects.exit("autolink");
      return ok2;
    }
    return emailValue(code);
  }
  function emailValue(code) {
    if ((code === 45 || asciiAlphanumeric(code)) && size++ < 63) {
      const next = code === 45 ? emailValue : emailLabel;
      effects.consume(code);
      return next;
    }
    return nok(code);
  }
}

// node_modules/micromark-core-commonmark/lib/blank-line.js
var blankLine = {
  partial: true,
  tokenize: tokenizeBlankLine
};
function tokenizeBlankLine(effects, ok2, nok) {
  return start;
  function start(code) {
    return markdownSpace(code) ? factorySpace(effects, after, "linePrefix")(code) : after(code);
  }
  function after(code) {
    return code === null || markdownLineEnding(code) ? ok2(code) : nok(code);
  }
}

// node_modules/micromark-core-commonmark/lib/block-quote.js
var blockQuote = {
  continuation: {
    tokenize: tokenizeBlockQuoteContinuation
  },
  exit,
  name: "blockQuote",
  tokenize: tokenizeBlockQuoteStart
};
function tokenizeBlockQuoteStart(effects, ok2, nok) {
  const self = this;
  return start;
  function start(code) {
    if (code === 62) {
      const state = self.containerState;
      if (!state.open) {
        effects.enter("blockQuote", {
          _container: true
        });
        state.open = true;
      }
      effects.enter("blockQuotePrefix");
      effects.enter("blockQuoteMarker");
      effects.consume(code);
      effects.exit("blockQuoteMarker");
      return after;
    }
    return nok(code);
  }
  function after(code) {
    if (markdownSpace(code)) {
      effects.enter("blockQuotePrefixWhitespace");
      effects.consume(code);
      effects.exit("blockQuotePrefixWhitespace");
      effects.exit("blockQuotePrefix");
      return ok2;
    }
    effects.exit("blockQuotePrefix");
    return ok2(code);
  }
}
function tokenizeBlockQuoteContinuation(effects, ok2, nok) {
  const self = this;
  return contStart;
  function contStart(code) {
    if (markdownSpace(code)) {
      return factorySpace(effects, contBefore, "linePrefix", self.parser.constructs.disable.null.includes("codeIndented") ? void 0 : 4)(code);
    }
    return contBefore(code);
  }
  function contBefore(code) {
    return effects.attempt(blockQuote, ok2, nok)(code);
  }
}
function exit(effects) {
  effects.exit("blockQuote");
}

// node_modules/micromark-core-commonmark/lib/character-escape.js
var characterEscape = {
  name: "characterEscape",
  tokenize: tokenizeCharacterEscape
};
function tokenizeCharacterEscape(effects, ok2, nok) {
  return start;
  function start(code) {
    effects.enter("characterEscape");
    effects.enter("escapeMarker");
    effects.consume(code);
    effects.exit("escapeMarker");
    return inside;
  }
  function inside(code) {
    if (asciiPunctuation(code)) {
      effects.enter("characterEscapeValue");
      effects.consume(code);
      effects.exit("characterEscapeValue");
      effects.exit("characterEscape");
      return ok2;
    }
    return nok(code);
  }
}

// node_modules/micromark-core-commonmark/lib/character-reference.js
var characterReference = {
  name: "characterReference",
  tokenize: tokenizeCharacterReference
};
function tokenizeCharacterReference(effects, ok2, nok) {
  const self = this;
  let size = 0;
  let max;
  let test;
  return start;
  function start(code) {
    effects.enter("characterReference");
    effects.enter("characterReferenceMarker");
    effects.consume(code);
    effects.exit("characterReferenceMarker");
    return open;
  }
  function open(code) {
    if (code === 35) {
      effects.enter("characterReferenceMarkerNumeric");
      effects.consume(code);
      effects.exit("characterReferenceMarkerNumeric");
      return numeric;
    }
    effects.enter("characterReferenceValue");
    max = 31;
    test = asciiAlphanumeric;
    return value(code);
  }
  function numeric(code) {
    if (code === 88 || code === 120) {
      effects.enter("characterReferenceMarkerHexadecimal");
      effects.consume(code);
      effects.exit("characterReferenceMarkerHexadecimal");
      effects.enter("characterReferenceValue");
      max = 6;
      test = asciiHexDigit;
      return value;
    }
    effects.enter("characterReferenceValue");
    max = 7;
    test = asciiDigit;
    return value(code);
  }
  function value(code) {
    if (code === 59 && size) {
      const token = effects.exit("characterReferenceValue");
      if (test === asciiAlphanumeric && !decodeNamedCharacterReference(self.sliceSerialize(token))) {
        return nok(code);
      }
      effects.enter("characterReferenceMarker");
      effects.consume(code);
      effects.exit("characterReferenceMarker");
      effects.exit("characterReference");
      return ok2;
    }
    if (test(code) && size++ < max) {
      effects.consume(code);
      return value;
    }
    return nok(code);
  }
}

// node_modules/micromark-core-commonmark/lib/partial-non-lazy-continuation.js
var nonLazyContinuation = {
  partial: true,
  tokenize: tokenizeNonLazyContinuation
};
function tokenizeNonLazyContinuation(effects, ok2, nok) {
  const self = this;
  return start;
  function start(code) {
    if (code === null) {
      return nok(code);
    }
    effects.enter("lineEnding");
    effects.consume(code);
    effects.exit("lineEnding");
    return after;
  }
  function after(code) {
    return self.parser.lazy[self.now().line] ? nok(code) : ok2(code);
  }
}

// node_modules/micromark-core-commonmark/lib/code-fenced.js
var codeFenced = {
  concrete: true,
  name: "codeFenced",
  tokenize: tokenizeCodeFenced
};
function tokenizeCodeFenced(effects, ok2, nok) {
  const self = this;
  const closeStart = {
    partial: true,
    tokenize: tokenizeCloseStart
  };
  let initialPrefix = 0;
  let sizeOpen = 0;
  let marker;
  return start;
  function start(code) {
    return beforeSequenceOpen(code);
  }
  function beforeSequenceOpen(code) {
    const tail = self.events[self.events.length - 1];
    initialPrefix = tail && tail[1].type === "linePrefix" ? tail[2].sliceSerialize(tail[1], true).length : 0;
    marker = code;
    effects.enter("codeFenced");
    effects.enter("codeFencedFence");
    effects.enter("codeFencedFenceSequence");
    return sequenceOpen(code);
  }
  function sequenceOpen(code) {
    if (code === marker) {
      sizeOpen++;
      effects.consume(code);
      return sequenceOpen;
    }
    if (sizeOpen < 3) {
      return nok(code);
    }
    effects.exit("codeFencedFenceSequence");
    return markdownSpace(code) ? factorySpace(effects, infoBefore, "whitespace")(code) : infoBefore(code);
  }
  function infoBefore(code) {
    if (code === null || markdownLineEnding(code)) {
      effects.exit("codeFencedFence");
      return self.interrupt ? ok2(code) : effects.check(nonLazyContinuation, atNonLazyBreak, after)(code);
    }
    effects.enter("codeFencedFenceInfo");
    effects.enter("chunkString", {
      contentType: "string"
    });
    return info(code);
  }
  function info(code) {
    if (code === null || markdownLineEnding(code)) {
      effects.exit("chunkString");
      effects.exit("codeFencedFenceInfo");
      return infoBefore(code);
    }
    if (markdownSpace(code)) {
      effects.exit("chunkString");
      effects.exit("codeFencedFenceInfo");
      return factorySpace(effects, metaBefore, "whitespace")(code);
    }
    if (code === 96 && code === marker) {
      return nok(code);
    }
    effects.consume(code);
    return info;
  }
  function metaBefore(code) {
    if (code === null || markdownLineEnding(code)) {
      return infoBefore(code);
    }
    effects.enter("codeFencedFenceMeta");
    effects.enter("chunkString", {
      contentType: "string"
    });
    return meta(code);
  }
  function meta(code) {
    if (code === null || markdownLineEnding(code)) {
      effects.exit("chunkString");
      effects.exit("codeFencedFenceMeta");
      return infoBefore(code);
    }
    if (code === 96 && code === marker) {
      return nok(code);
    }
    effects.consume(code);
    return meta;
  }
  function atNonLazyBreak(code) {
    return effects.attempt(closeStart, after, contentBefore)(code);
  }
  function contentBefore(code) {
    effects.enter("lineEnding");
    effects.consume(code);
    effects.exit("lineEnding");
    return contentStart;
  }
  function contentStart(code) {
    return initialPrefix > 0 && markdownSpace(code) ? factorySpace(effects, beforeContentChunk, "linePrefix", initialPrefix + 1)(code) : beforeContentChunk(code);
  }
  function beforeContentChunk(code) {
    if (code === null || markdownLineEnding(code)) {
      return effects.check(nonLazyContinuation, atNonLazyBreak, after)(code);
    }
    effects.enter("codeFlowValue");
    return contentChunk(code);
  }
  function contentChunk(code) {
    if (code === null || markdownLineEnding(code)) {
      effects.exit("codeFlowValue");
      return beforeContentChunk(code);
    }
    effects.consume(code);
    return contentChunk;
  }
  function after(code) {
    effects.exit("codeFenced");
    return ok2(code);
  }
  function tokenizeCloseStart(effects2, ok3, nok2) {
    let size = 0;
    return startBefore;
    function startBefore(code) {
      effects2.enter("lineEnding");
      effects2.consume(code);
      effects2.exit("lineEnding");
      return start2;
    }
    function start2(code) {
      effects2.enter("codeFencedFence");
      return markdownSpace(code) ? factorySpace(effects2, beforeSequenceClose, "linePrefix", self.parser.constructs.disable.null.includes("codeIndented") ? void 0 : 4)(code) : beforeSequenceClose(code);
    }
    function beforeSequenceClose(code) {
      if (code === marker) {
        effects2.enter("codeFencedFenceSequence");
        return sequenceClose(code);
      }
      return nok2(code);
    }
    function sequenceClose(code) {
      if (code === marker) {
        size++;
        effects2.consume(code);
        return sequenceClose;
      }
      if (size >= sizeOpen) {
        effects2.exit("codeFencedFenceSequence");
        return markdownSpace(code) ? factorySpace(effects2, sequenceCloseAfter, "whitespace")(code) : sequenceCloseAfter(code);
      }
      return nok2(code);
    }
    function sequenceCloseAfter(code) {
      if (code === null || markdownLineEnding(code)) {
        effects2.exit("codeFencedFence");
        return ok3(code);
      }
      return nok2(code);
    }
  }
}

// node_modules/micromark-core-commonmark/lib/code-indented.js
var codeIndented = {
  name: "codeIndented",
  tokenize: tokenizeCodeIndented
};
var furtherStart = {
  partial: true,
  tokenize: tokenizeFurtherStart
};
function tokenizeCodeIndented(effects, ok2, nok) {
  return start;
  function start(code) {
    effects.enter("codeIndented");
    return factorySpaceMinMax(effects, atBreak, nok, "linePrefix", 4, 4)(code);
  }
  function atBreak(code) {
    if (code === null) {
      return after(code);
    }
    if (markdownLineEnding(code)) {
      return effects.attempt(furtherStart, atBreak, after)(code);
    }
    effects.enter("codeFlowValue");
    return inside(code);
  }
  function inside(code) {
    if (code === null || markdownLineEnding(code)) {
      effects.exit("codeFlowValue");
      return atBreak(code);
    }
    effects.consume(code);
    return inside;
  }
  function after(code) {
    effects.exit("codeIndented");
    return ok2(code);
  }
}
function tokenizeFurtherStart(effects, ok2, nok) {
  const self = this;
  return furtherStart2;
  function furtherStart2(code) {
    if (self.parser.lazy[self.now().line]) {
      return nok(code);
    }
    if (markdownLineEnding(code)) {
      effects.enter("lineEnding");
      effects.consume(code);
      effects.exit("lineEnding");
      return furtherStart2;
    }
    return factorySpaceMinMax(effects, ok2, onNotEnoughPrefix, "linePrefix", 4, 4)(code);
  }
  function onNotEnoughPrefix(code) {
    return markdownLineEnding(code) ? furtherStart2(code) : nok(code);
  }
}

// node_modules/micromark-core-commonmark/lib/code-text.js
var codeText = {
  name: "codeText",
  previous,
  resolve: resolveCodeText,
  tokenize: tokenizeCodeText
};
function resolveCodeText(events) {
  let tailExitIndex = events.length - 4;
  let headEnterIndex = 3;
  let index2;
  let enter;
  if ((events[headEnterIndex][1].type === "lineEnding" || events[headEnterIndex][1].type === "space") && (events[tailExitIndex][1].type === "lineEnding" || events[tailExitIndex][1].type === "space")) {
    index2 = headEnterIndex;
    while (++index2 < tailExitIndex) {
      if (events[index2][1].type === "codeTextData") {
        events[headEnterIndex][1].type = "codeTextPadding";
        events[tailExitIndex][1].type = "codeTextPadding";
        headEnterIndex += 2;
        tailExitIndex -= 2;
        break;
      }
    }
  }
  index2 = headEnterIndex - 1;
  tailExitIndex++;
  while (++index2 <= tailExitIndex) {
    if (enter === void 0) {
      if (index2 !== tailExitIndex && events[index2][1].type !== "lineEnding") {
        enter = index2;
      }
    } else if (index2 === tailExitIndex || events[index2][1].type === "lineEnding") {
      events[enter][1].type = "codeTextData";
      if (index2 !== enter + 2) {
        events[enter][1].end = events[index2 - 1][1].end;
        events.splice(enter + 2, index2 - enter - 2);
        tailExitIndex -= index2 - enter - 2;
        index2 = enter + 2;
      }
      enter = void 0;
    }
  }
  return events;
}
function previous(code) {
  return code !== 96 || this.events[this.events.length - 1][1].type === "characterEscape";
}
function tokenizeCodeText(effects, ok2, nok) {
  const self = this;
  let sizeOpen = 0;
  let size;
  let token;
  return start;
  function start(code) {
    effects.enter("codeText");
    effects.enter("codeTextSequence");
    return sequenceOpen(code);
  }
  function sequenceOpen(code) {
    if (code === 96) {
      effects.consume(code);
      sizeOpen++;
      return sequenceOpen;
    }
    effects.exit("codeTextSequence");
    return between(code);
  }
  function between(code) {
    if (code === null) {
      return nok(code);
    }
    if (code === 32) {
      effects.enter("space");
      effects.consume(code);
      effects.exit("space");
      return between;
    }
    if (code === 96) {
      token = effects.enter("codeTextSequence");
      size = 0;
      return sequenceClose(code);
    }
    if (markdownLineEnding(code)) {
      effects.enter("lineEnding");
      effects.consume(code);
      effects.exit("lineEnding");
      return between;
    }
    effects.enter("codeTextData");
    return data(code);
  }
  function data(code) {
    if (code === null || code === 32 || code === 96 || markdownLineEnding(code)) {
      effects.exit("codeTextData");
      return between(code);
    }
    effects.consume(code);
    return data;
  }
  function sequenceClose(code) {
    if (code === 96) {
      effects.consume(code);
      size++;
      return sequenceClose;
    }
    if (size === sizeOpen) {
      effects.exit("codeTextSequence");
      effects.exit("codeText");
      return ok2(code);
    }
    token.type = "codeTextData";
    return data(code);
  }
}

// node_modules/micromark-util-subtokenize/lib/splice-buffer.js
var SpliceBuffer = class {
  /**
   * @param {ReadonlyArray<T> | null | undefined} [initial]
   *   Initial items (optional).
   * @returns
   *   Splice buffer.
   */
  constructor(initial) {
    this.left = initial ? [...initial] : [];
    this.right = [];
  }
  /**
   * Array access;
   * does not move the cursor.
   *
   * @param {number} index
   *   Index.
   * @return {T}
   *   Item.
   */
  get(index2) {
    if (index2 < 0 || index2 >= this.left.length + this.right.length) {
      throw new RangeError("Cannot access index `" + index2 + "` in a splice buffer of size `" + (this.left.length + this.right.length) + "`");
    }
    if (index2 < this.left.length) return this.left[index2];
    return this.right[this.right.length - index2 + this.left.length - 1];
  }
  /**
   * The length of the splice buffer, one greater than the largest index in the
   * array.
   */
  get length() {
    return this.left.length + this.right.length;
  }
  /**
   * Remove and return `list[0]`;
   * moves the cursor to `0`.
   *
   * @returns {T | undefined}
   *   Item, optional.
   */
  shift() {
    this.setCursor(0);
    return this.right.pop();
  }
  /**
   * Slice the buffer to get an array;
   * does not move the cursor.
   *
   * @param {number} start
   *   Start.
   * @param {number | null | undefined} [end]
   *   End (optional).
   * @returns {Array<T>}
   *   Array of items.
   */
  slice(start, end) {
    const stop = end === null || end === void 0 ? Number.POSITIVE_INFINITY : end;
    if (stop < this.left.length) {
      return this.left.slice(start, stop);
    }
    if (start > this.left.length) {
      return this.right.slice(this.right.length - stop + this.left.length, this.right.length - start + this.left.length).reverse();
    }
    return this.left.slice(start).concat(this.right.slice(this.right.length - stop + this.left.length).reverse());
  }
  /**
   * Mimics the behavior of Array.prototype.splice() except for the change of
   * interface necessary to avoid segfaults when patching in very large arrays.
   *
   * This operation moves cursor is moved to `start` and results in the cursor
   * placed after any inserted items.
   *
   * @param {number} start
   *   Start;
   *   zero-based index at which to start changing the array;
   *   negative numbers count backwards from the end of the array and values
   *   that are out-of bounds are clamped to the appropriate end of the array.
   * @param {number | null | undefined} [deleteCount=0]
   *   Delete count (default: `0`);
   *   maximum number of elements to delete, starting from start.
   * @param {Array<T> | null | undefined} [items=[]]
   *   Items to include in place of the deleted items (default: `[]`).
   * @return {Array<T>}
   *   Any removed items.
   */
  splice(start, deleteCount, items) {
    const count = deleteCount || 0;
    this.setCursor(Math.trunc(start));
    const removed = this.right.splice(this.right.length - count, Number.POSITIVE_INFINITY);
    if (items) chunkedPush(this.left, items);
    return removed.reverse();
  }
  /**
   * Remove and return the highest-numbered item in the array, so
   * `list[list.length - 1]`;
   * Moves the cursor to `length`.
   *
   * @returns {T | undefined}
   *   Item, optional.
   */
  pop() {
    this.setCursor(Number.POSITIVE_INFINITY);
    return this.left.pop();
  }
  /**
   * Inserts a single item to the high-numbered side of the array;
   * moves the cursor to `length`.
   *
   * @param {T} item
   *   Item.
   * @returns {undefined}
   *   Nothing.
   */
  push(item) {
    this.setCursor(Number.POSITIVE_INFINITY);
    this.left.push(item);
  }
  /**
   * Inserts many items to the high-numbered side of the array.
   * Moves the cursor to `length`.
   *
   * @param {Array<T>} items
   *   Items.
   * @returns {undefined}
   *   Nothing.
   */
  pushMany(items) {
    this.setCursor(Number.POSITIVE_INFINITY);
    chunkedPush(this.left, items);
  }
  /**
   * Inserts a single item to the low-numbered side of the array;
   * Moves the cursor to `0`.
   *
   * @param {T} item
   *   Item.
   * @returns {undefined}
   *   Nothing.
   */
  unshift(item) {
    this.setCursor(0);
    this.right.push(item);
  }
  /**
   * Inserts many items to the low-numbered side of the array;
   * moves the cursor to `0`.
   *
   * @param {Array<T>} items
   *   Items.
   * @returns {undefined}
   *   Nothing.
   */
  unshiftMany(items) {
    this.setCursor(0);
    chunkedPush(this.right, items.reverse());
  }
  /**
   * Move the cursor to a specific position in the array. Requires
   * time proportional to the distance moved.
   *
   * If `n < 0`, the cursor will end up at the beginning.
   * If `n > length`, the cursor will end up at the end.
   *
   * @param {number} n
   *   Position.
   * @return {undefined}
   *   Nothing.
   */
  setCursor(n) {
    if (n === this.left.length || n > this.left.length && this.right.length === 0 || n < 0 && this.left.length === 0) return;
    if (n < this.left.length) {
      const removed = this.left.splice(n, Number.POSITIVE_INFINITY);
      chunkedPush(this.right, removed.reverse());
    } else {
      const removed = this.right.splice(this.left.length + this.right.length - n, Number.POSITIVE_INFINITY);
      chunkedPush(this.left, removed.reverse());
    }
  }
};
function chunkedPush(list2, right) {
  let chunkStart = 0;
  if (right.length < 1e4) {
    list2.push(...right);
  } else {
    while (chunkStart < right.length) {
      list2.push(...right.slice(chunkStart, chunkStart + 1e4));
      chunkStart += 1e4;
    }
  }
}

// node_modules/micromark-util-subtokenize/index.js
function subtokenize(eventsArray) {
  const jumps = {};
  let index2 = -1;
  let event;
  let lineIndex;
  let otherIndex;
  let otherEvent;
  let parameters;
  let subevents;
  let more;
  const events = new SpliceBuffer(eventsArray);
  while (++index2 < events.length) {
    while (index2 in jumps) {
      index2 = jumps[index2];
    }
    event = events.get(index2);
    if (index2 && event[1].type === "chunkFlow" && events.get(index2 - 1)[1].type === "listItemPrefix") {
      subevents = event[1]._tokenizer.events;
      otherIndex = 0;
      if (otherIndex < subevents.length && subevents[otherIndex][1].type === "lineEndingBlank") {
        otherIndex += 2;
      }
      if (otherIndex < subevents.length && subevents[otherIndex][1].type === "content") {
        while (++otherIndex < subevents.length) {
          if (subevents[otherIndex][1].type === "content") {
            break;
          }
          if (subevents[otherIndex][1].type === "chunkText") {
            subevents[otherIndex][1]._isInFirstContentOfListItem = true;
            otherIndex++;
          }
        }
      }
    }
    if (event[0] === "enter") {
      if (event[1].contentType) {
        Object.assign(jumps, subcontent(events, index2));
        index2 = jumps[index2];
        more = true;
      }
    } else if (event[1]._container) {
      otherIndex = index2;
      lineIndex = void 0;
      while (otherIndex--) {
        otherEvent = events.get(otherIndex);
        if (otherEvent[1].type === "lineEnding" || otherEvent[1].type === "lineEndingBlank") {
          if (otherEvent[0] === "enter") {
            if (lineIndex) {
              events.get(lineIndex)[1].type = "lineEndingBlank";
            }
            otherEvent[1].type = "lineEnding";
            lineIndex = otherIndex;
          }
        } else if (otherEvent[1].type === "linePrefix" || otherEvent[1].type === "listItemIndent") {
        } else {
          break;
        }
      }
      if (lineIndex) {
        event[1].end = {
          ...events.get(lineIndex)[1].start
        };
        parameters = events.slice(lineIndex, index2);
        parameters.unshift(event);
        events.splice(lineIndex, index2 - lineIndex + 1, parameters);
      }
    }
  }
  splice(eventsArray, 0, Number.POSITIVE_INFINITY, events.slice(0));
  return !more;
}
function subcontent(events, eventIndex) {
  const token = events.get(eventIndex)[1];
  const context = events.get(eventIndex)[2];
  let startPosition = eventIndex - 1;
  const startPositions = [];
  let tokenizer = token._tokenizer;
  if (!tokenizer) {
    tokenizer = context.parser[token.contentType](token.start);
    if (token._contentTypeTextTrailing) {
      tokenizer._contentTypeTextTrailing = true;
    }
  }
  const childEvents = tokenizer.events;
  const jumps = [];
  const gaps = {};
  let stream;
  let previous2;
  let index2 = -1;
  let current = token;
  let adjust = 0;
  let start = 0;
  const breaks = [start];
  while (current) {
    while (events.get(++startPosition)[1] !== current) {
    }
    startPositions.push(startPosition);
    if (!current._tokenizer) {
      stream = context.sliceStream(current);
      if (!current.next) {
        stream.push(null);
      }
      if (previous2) {
        tokenizer.defineSkip(current.start);
      }
      if (current._isInFirstContentOfListItem) {
        tokenizer._gfmTasklistFirstContentOfListItem = true;
      }
      tokenizer.write(stream);
      if (current._isInFirstContentOfListItem) {
        tokenizer._gfmTasklistFirstContentOfListItem = void 0;
      }
    }
    previous2 = current;
    current = current.next;
  }
  current = token;
  while (++index2 < childEvents.length) {
    if (
      // Find a void token that includes a break.
      childEvents[index2][0] === "exit" && childEvents[index2 - 1][0] === "enter" && childEvents[index2][1].type === childEvents[index2 - 1][1].type && childEvents[index2][1].start.line !== childEvents[index2][1].end.line
    ) {
      start = index2 + 1;
      breaks.push(start);
      current._tokenizer = void 0;
      current.previous = void 0;
      current = current.next;
    }
  }
  tokenizer.events = [];
  if (current) {
    current._tokenizer = void 0;
    current.previous = void 0;
  } else {
    breaks.pop();
  }
  index2 = breaks.length;
  while (index2--) {
    const slice = childEvents.slice(breaks[index2], breaks[index2 + 1]);
    const start2 = startPositions.pop();
    jumps.push([start2, start2 + slice.length - 1]);
    events.splice(start2, 2, slice);
  }
  jumps.reverse();
  index2 = -1;
  while (++index2 < jumps.length) {
    gaps[adjust + jumps[index2][0]] = adjust + jumps[index2][1];
    adjust += jumps[index2][1] - jumps[index2][0] - 1;
  }
  return gaps;
}

// node_modules/micromark-core-commonmark/lib/content.js
var content2 = {
  resolve: resolveContent,
  tokenize: tokenizeContent
};
var continuationConstruct = {
  partial: true,
  tokenize: tokenizeContinuation
};
function resolveContent(events) {
  subtokenize(events);
  return events;
}
function tokenizeContent(effects, ok2) {
  let previous2;
  return chunkStart;
  function chunkStart(code) {
    effects.enter("content");
    previous2 = effects.enter("chunkContent", {
      contentType: "content"
    });
    return chunkInside(code);
  }
  function chunkInside(code) {
    if (code === null) {
      return contentEnd(code);
    }
    if (markdownLineEnding(code)) {
      return effects.check(continuationConstruct, contentContinue, contentEnd)(code);
    }
    effects.consume(code);
    return chunkInside;
  }
  function contentEnd(code) {
    effects.exit("chunkContent");
    effects.exit("content");
    return ok2(code);
  }
  function contentContinue(code) {
    effects.consume(code);
    effects.exit("chunkContent");
    previous2.next = effects.enter("chunkContent", {
      contentType: "content",
      previous: previous2
    });
    previous2 = previous2.next;
    return chunkInside;
  }
}
function tokenizeContinuation(effects, ok2, nok) {
  const self = this;
  return startLookahead;
  function startLookahead(code) {
    effects.exit("chunkContent");
    effects.enter("lineEnding");
    effects.consume(code);
    effects.exit("lineEnding");
    return factorySpace(effects, prefixed, "linePrefix");
  }
  function prefixed(code) {
    if (code === null || markdownLineEnding(code)) {
      return nok(code);
    }
    const tail = self.events[self.events.length - 1];
    if (!self.parser.constructs.disable.null.includes("codeIndented") && tail && tail[1].type === "linePrefix" && tail[2].sliceSerialize(tail[1], true).length >= 4) {
      return ok2(code);
    }
    return effects.interrupt(self.parser.constructs.flow, nok, ok2)(code);
  }
}

// node_modules/micromark-factory-destination/index.js
function factoryDestination(effects, ok2, nok, type, literalType, literalMarkerType, rawType, stringType, max) {
  const limit = max || Number.POSITIVE_INFINITY;
  let balance = 0;
  return start;
  function start(code) {
    if (code === 60) {
      effects.enter(type);
      effects.enter(literalType);
      effects.enter(literalMarkerType);
      effects.consume(code);
      effects.exit(literalMarkerType);
      return enclosedBefore;
    }
    if (code === null || code === 32 || code === 41 || asciiControl(code)) {
      return nok(code);
    }
    effects.enter(type);
    effects.enter(rawType);
    effects.enter(stringType);
    effects.enter("chunkString", {
      contentType: "string"
    });
    return raw(code);
  }
  function enclosedBefore(code) {
    if (code === 62) {
      effects.enter(literalMarkerType);
      effects.consume(code);
      effects.exit(literalMarkerType);
      effects.exit(literalType);
      effects.exit(type);
      return ok2;
    }
    effects.enter(stringType);
    effects.enter("chunkString", {
      contentType: "string"
    });
    return enclosed(code);
  }
  function enclosed(code) {
    if (code === 62) {
      effects.exit("chunkString");
      effects.exit(stringType);
      return enclosedBefore(code);
    }
    if (code === null || code === 60 || markdownLineEnding(code)) {
      return nok(code);
    }
    effects.consume(code);
    return code === 92 ? enclosedEscape : enclosed;
  }
  function enclosedEscape(code) {
    if (code === 60 || code === 62 || code === 92) {
      effects.consume(code);
      return enclosed;
    }
    return enclosed(code);
  }
  function raw(code) {
    if (!balance && (code === null || code === 41 || markdownLineEndingOrSpace(code))) {
      effects.exit("chunkString");
      effects.exit(stringType);
      effects.exit(rawType);
      effects.exit(type);
      return ok2(code);
    }
    if (balance < limit && code === 40) {
      effects.consume(code);
      balance++;
      return raw;
    }
    if (code === 41) {
      effects.consume(code);
      balance--;
      return raw;
    }
    if (code === null || code === 32 || code === 40 || asciiControl(code)) {
      return nok(code);
    }
    effects.consume(code);
    return code === 92 ? rawEscape : raw;
  }
  function rawEscape(code) {
    if (code === 40 || code === 41 || code === 92) {
      effects.consume(code);
      return raw;
    }
    return raw(code);
  }
}

// node_modules/micromark-factory-label/index.js
function factoryLabel(effects, ok2, nok, type, markerType, stringType) {
  const self = this;
  let size = 0;
  let seen;
  return start;
  function start(code) {
    effects.enter(type);
    effects.enter(markerType);
    effects.consume(code);
    effects.exit(markerType);
    effects.enter(stringType);
    return atBreak;
  }
  function atBreak(code) {
    if (size > 999 || code === null || code === 91 || code === 93 && !seen || // To do: remove in the future once we’ve switched from
    // `micromark-extension-footnote` to `micromark-extension-gfm-footnote`,
    // which doesn’t need this.
    // Hidden footnotes hook.
    /* c8 ignore next 3 */
    code === 94 && !size && "_hiddenFootnoteSupport" in self.parser.constructs) {
      return nok(code);
    }
    if (code === 93) {
      effects.exit(stringType);
      effects.enter(markerType);
      effects.consume(code);
      effects.exit(markerType);
      effects.exit(type);
      return ok2;
    }
    if (markdownLineEnding(code)) {
      effects.enter("lineEnding");
      effects.consume(code);
      effects.exit("lineEnding");
      return atBreak;
    }
    effects.enter("chunkString", {
      contentType: "string"
    });
    return labelInside(code);
  }
  function labelInside(code) {
    if (code === null || code === 91 || code === 93 || markdownLineEnding(code) || size++ > 999) {
      effects.exit("chunkString");
      return atBreak(code);
    }
    effects.consume(code);
    if (!seen) seen = !markdownSpace(code);
    return code === 92 ? labelEscape : labelInside;
  }
  function labelEscape(code) {
    if (code === 91 || code === 92 || code === 93) {
      effects.consume(code);
      size++;
      return labelInside;
    }
    return labelInside(code);
  }
}

// node_modules/micromark-factory-title/index.js
function factoryTitle(effects, ok2, nok, type, markerType, stringType) {
  let marker;
  return start;
  function start(code) {
    if (code === 34 || code === 39 || code === 40) {
      effects.enter(type);
      effects.enter(markerType);
      effects.consume(code);
      effects.exit(markerType);
      marker = code === 40 ? 41 : code;
      return begin;
    }
    return nok(code);
  }
  function begin(code) {
    if (code === marker) {
      effects.enter(markerType);
      effects.consume(code);
      effects.exit(markerType);
      effects.exit(type);
      return ok2;
    }
    effects.enter(stringType);
    return atBreak(code);
  }
  function atBreak(code) {
    if (code === marker) {
      effects.exit(stringType);
      return begin(marker);
    }
    if (code === null) {
      return nok(code);
    }
    if (markdownLineEnding(code)) {
      effects.enter("lineEnding");
      effects.consume(code);
      effects.exit("lineEnding");
      return factorySpace(effects, atBreak, "linePrefix");
    }
    effects.enter("chunkString", {
      contentType: "string"
    });
    return inside(code);
  }
  function inside(code) {
    if (code === marker || code === null || markdownLineEnding(code)) {
      effects.exit("chunkString");
      return atBreak(code);
    }
    effects.consume(code);
    return code === 92 ? escape : inside;
  }
  function escape(code) {
    if (code === marker || code === 92) {
      effects.consume(code);
      return inside;
    }
    return inside(code);
  }
}

// node_modules/micromark-factory-whitespace/index.js
function factoryWhitespace(effects, ok2) {
  let seen;
  return start;
  function start(code) {
    if (markdownLineEnding(code)) {
      effects.enter("lineEnding");
      effects.consume(code);
      effects.exit("lineEnding");
      seen = true;
      return start;
    }
    if (markdownSpace(code)) {
      return factorySpace(effects, start, seen ? "linePrefix" : "lineSuffix")(code);
    }
    return ok2(code);
  }
}

// node_modules/micromark-core-commonmark/lib/definition.js
var definition = {
  name: "definition",
  tokenize: tokenizeDefinition
};
var titleBefore = {
  partial: true,
  tokenize: tokenizeTitleBefore
};
function tokenizeDefinition(effects, ok2, nok) {
  const self = this;
  let identifier;
  return start;
  function start(code) {
    effects.enter("definition");
    return before(code);
  }
  function before(code) {
    return factoryLabel.call(
      self,
      effects,
      labelAfter,
      // Note: we don’t need to reset the way `markdown-rs` does.
      nok,
      "definitionLabel",
      "definitionLabelMarker",
      "definitionLabelString"
    )(code);
  }
  function labelAfter(code) {
    identifier = normalizeIdentifier(self.sliceSerialize(self.events[self.events.length - 1][1]).slice(1, -1));
    if (code === 58) {
      effects.enter("definitionMarker");
      effects.consume(code);
      effects.exit("definitionMarker");
      return markerAfter;
    }
    return nok(code);
  }
  function markerAfter(code) {
    return markdownLineEndingOrSpace(code) ? factoryWhitespace(effects, destinationBefore)(code) : destinationBefore(code);
  }
  function destinationBefore(code) {
    return factoryDestination(
      effects,
      destinationAfter,
      // Note: we don’t need to reset the way `markdown-rs` does.
      nok,
      "definitionDestination",
      "definitionDestinationLiteral",
      "definitionDestinationLiteralMarker",
      "definitionDestinationRaw",
      "definitionDestinationString"
    )(code);
  }
  function destinationAfter(code) {
    return effects.attempt(titleBefore, after, after)(code);
  }
  function after(code) {
    return markdownSpace(code) ? factorySpace(effects, afterWhitespace, "whitespace")(code) : afterWhitespace(code);
  }
  function afterWhitespace(code) {
    if (code === null || markdownLineEnding(code)) {
      effects.exit("definition");
      self.parser.defined.push(identifier);
      return ok2(code);
    }
    return nok(code);
  }
}
function tokenizeTitleBefore(effects, ok2, nok) {
  return titleBefore2;
  function titleBefore2(code) {
    return markdownLineEndingOrSpace(code) ? factoryWhitespace(effects, beforeMarker)(code) : nok(code);
  }
  function beforeMarker(code) {
    return factoryTitle(effects, titleAfter, nok, "definitionTitle", "definitionTitleMarker", "definitionTitleString")(code);
  }
  function titleAfter(code) {
    return markdownSpace(code) ? factorySpace(effects, titleAfterOptionalWhitespace, "whitespace")(code) : titleAfterOptionalWhitespace(code);
  }
  function titleAfterOptionalWhitespace(code) {
    return code === null || markdownLineEnding(code) ? ok2(code) : nok(code);
  }
}

// node_modules/micromark-core-commonmark/lib/hard-break-escape.js
var hardBreakEscape = {
  name: "hardBreakEscape",
  tokenize: tokenizeHardBreakEscape
};
function tokenizeHardBreakEscape(effects, ok2, nok) {
  return start;
  function start(code) {
    effects.enter("hardBreakEscape");
    effects.consume(code);
    return after;
  }
  function after(code) {
    if (markdownLineEnding(code)) {
      effects.exit("hardBreakEscape");
      return ok2(code);
    }
    return nok(code);
  }
}

// node_modules/micromark-core-commonmark/lib/heading-atx.js
var headingAtx = {
  name: "headingAtx",
  resolve: resolveHeadingAtx,
  tokenize: tokenizeHeadingAtx
};
function resolveHeadingAtx(events, context) {
  let contentEnd = events.length - 2;
  let contentStart = 3;
  if (events[contentStart][1].type === "whitespace") {
    contentStart += 2;
  }
  if (contentEnd - 2 > contentStart && events[contentEnd][1].type === "whitespace") {
    contentEnd -= 2;
  }
  if (events[contentEnd][1].type === "atxHeadingSequence" && (contentStart === contentEnd - 1 || contentEnd - 4 > contentStart && events[contentEnd - 2][1].type === "whitespace")) {
    contentEnd -= contentStart + 1 === contentEnd ? 2 : 4;
  }
  if (contentEnd > contentStart) {
    const content3 = {
      type: "atxHeadingText",
      start: events[contentStart][1].start,
      end: events[contentEnd][1].end
    };
    const text3 = {
      type: "chunkText",
      start: events[contentStart][1].start,
      end: events[contentEnd][1].end,
      contentType: "text"
    };
    splice(events, contentStart, contentEnd - contentStart + 1, [["enter", content3, context], ["enter", text3, context], ["exit", text3, context], ["exit", content3, context]]);
  }
  return events;
}
function tokenizeHeadingAtx(effects, ok2, nok) {
  let size = 0;
  return start;
  function start(code) {
    effects.enter("atxHeading");
    return before(code);
  }
  function before(code) {
    effects.enter("atxHeadingSequence");
    return sequenceOpen(code);
  }
  function sequenceOpen(code) {
    if (code === 35 && size++ < 6) {
      effects.consume(code);
      return sequenceOpen;
    }
    if (code === null || markdownLineEndingOrSpace(code)) {
      effects.exit("atxHeadingSequence");
      return atBreak(code);
    }
    return nok(code);
  }
  function atBreak(code) {
    if (code === 35) {
      effects.enter("atxHeadingSequence");
      return sequenceFurther(code);
    }
    if (code === null || markdownLineEnding(code)) {
      effects.exit("atxHeading");
      return ok2(code);
    }
    if (markdownSpace(code)) {
      return factorySpace(effects, atBreak, "whitespace")(code);
    }
    effects.enter("atxHeadingText");
    return data(code);
  }
  function sequenceFurther(code) {
    if (code === 35) {
      effects.consume(code);
      return sequenceFurther;
    }
    effects.exit("atxHeadingSequence");
    return atBreak(code);
  }
  function data(code) {
    if (code === null || code === 35 || markdownLineEndingOrSpace(code)) {
      effects.exit("atxHeadingText");
      return atBreak(code);
    }
    effects.consume(code);
    return data;
  }
}

// node_modules/micromark-util-html-tag-name/index.js
var htmlBlockNames = [
  "address",
  "article",
  "aside",
  "base",
  "basefont",
  "blockquote",
  "body",
  "caption",
  "center",
  "col",
  "colgroup",
  "dd",
  "details",
  "dialog",
  "dir",
  "div",
  "dl",
  "dt",
  "fieldset",
  "figcaption",
  "figure",
  "footer",
  "form",
  "frame",
  "frameset",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "head",
  "header",
  "hr",
  "html",
  "iframe",
  "legend",
  "li",
  "link",
  "main",
  "menu",
  "menuitem",
  "nav",
  "noframes",
  "ol",
  "optgroup",
  "option",
  "p",
  "param",
  "search",
  "section",
  "summary",
  "table",
  "tbody",
  "td",
  "tfoot",
  "th",
  "thead",
  "title",
  "tr",
  "track",
  "ul"
];
var htmlRawNames = ["pre", "script", "style", "textarea"];

// node_modules/micromark-core-commonmark/lib/html-flow.js
var htmlFlow = {
  concrete: true,
  name: "htmlFlow",
  resolveTo: resolveToHtmlFlow,
  tokenize: tokenizeHtmlFlow
};
var blankLineBefore = {
  partial: true,
  tokenize: tokenizeBlankLineBefore
};
function resolveToHtmlFlow(events) {
  let index2 = events.length;
  while (index2--) {
    if (events[index2][0] === "enter" && events[index2][1].type === "htmlFlow") {
      break;
    }
  }
  if (index2 > 1 && events[index2 - 2][1].type === "linePrefix") {
    events[index2][1].start = events[index2 - 2][1].start;
    events[index2 + 1][1].start = events[index2 - 2][1].start;
    events.splice(index2 - 2, 2);
  }
  return events;
}
function tokenizeHtmlFlow(effects, ok2, nok) {
  const self = this;
  let marker;
  let closingTag;
  let buffer;
  let index2;
  let markerB;
  return start;
  function start(code) {
    return before(code);
  }
  function before(code) {
    effects.enter("htmlFlow");
    effects.enter("htmlFlowData");
    effects.consume(code);
    return open;
  }
  function open(code) {
    if (code === 33) {
      effects.consume(code);
      return declarationOpen;
    }
    if (code === 47) {
      effects.consume(code);
      closingTag = true;
      return tagCloseStart;
    }
    if (code === 63) {
      effects.consume(code);
      marker = 3;
      return self.interrupt ? ok2 : continuationDeclarationInside;
    }
    if (asciiAlpha(code)) {
      effects.consume(code);
      buffer = String.fromCharCode(code);
      return tagName;
    }
    return nok(code);
  }
  function declarationOpen(code) {
    if (code === 45) {
      effects.consume(code);
      marker = 2;
      return commentOpenInside;
    }
    if (code === 91) {
      effects.consume(code);
      marker = 5;
      index2 = 0;
      return cdataOpenInside;
    }
    if (asciiAlpha(code)) {
      effects.consume(code);
      marker = 4;
      return self.interrupt ? ok2 : continuationDeclarationInside;
    }
    return nok(code);
  }
  function commentOpenInside(code) {
    if (code === 45) {
      effects.consume(code);
      return self.interrupt ? ok2 : continuationDeclarationInside;
    }
    return nok(code);
  }
  function cdataOpenInside(code) {
    const value = "CDATA[";
    if (code === value.charCodeAt(index2++)) {
      effects.consume(code);
      if (index2 === value.length) {
        return self.interrupt ? ok2 : continuation;
      }
      return cdataOpenInside;
    }
    return nok(code);
  }
  function tagCloseStart(code) {
    if (asciiAlpha(code)) {
      effects.consume(code);
      buffer = String.fromCharCode(code);
      return tagName;
    }
    return nok(code);
  }
  function tagName(code) {
    if (code === null || code === 47 || code === 62 || markdownLineEndingOrSpace(code)) {
      const slash = code === 47;
      const name = buffer.toLowerCase();
      if (!slash && !closingTag && htmlRawNames.includes(name)) {
        marker = 1;
        return self.interrupt ? ok2(code) : continuation(code);
      }
      if (htmlBlockNames.includes(buffer.toLowerCase())) {
        marker = 6;
        if (slash) {
          effects.consume(code);
          return basicSelfClosing;
        }
        return self.interrupt ? ok2(code) : continuation(code);
      }
      marker = 7;
      return self.interrupt && !self.parser.lazy[self.now().line] ? nok(code) : closingTag ? completeClosingTagAfter(code) : completeAttributeNameBefore(code);
    }
    if (code === 45 || asciiAlphanumeric(code)) {
      effects.consume(code);
      buffer += String.fromCharCode(code);
      return tagName;
    }
    return nok(code);
  }
  function basicSelfClosing(code) {
    if (code === 62) {
      effects.consume(code);
      return self.interrupt ? ok2 : continuation;
    }
    return nok(code);
  }
  function completeClosingTagAfter(code) {
    if (markdownSpace(code)) {
      effects.consume(code);
      return completeClosingTagAfter;
    }
    return completeEnd(code);
  }
  function completeAttributeNameBefore(code) {
    if (code === 47) {
      effects.consume(code);
      return completeEnd;
    }
    if (code === 58 || code === 95 || asciiAlpha(code)) {
      effects.consume(code);
      return completeAttributeName;
    }
    if (markdownSpace(code)) {
      effects.consume(code);
      return completeAttributeNameBefore;
    }
    return completeEnd(code);
  }
  function completeAttributeName(code) {
    if (code === 45 || code === 46 || code === 58 || code === 95 || asciiAlphanumeric(code)) {
      effects.consume(code);
      return completeAttributeName;
    }
    return completeAttributeNameAfter(code);
  }
  function completeAttributeNameAfter(code) {
    if (code === 61) {
      effects.consume(code);
      return completeAttributeValueBefore;
    }
    if (markdownSpace(code)) {
      effects.consume(code);
      return completeAttributeNameAfter;
    }
    return completeAttributeNameBefore(code);
  }
  function completeAttributeValueBefore(code) {
    if (code === null || code === 60 || code === 61 || code === 62 || code === 96) {
      return nok(code);
    }
    if (code === 34 || code === 39) {
      effects.consume(code);
      markerB = code;
      return completeAttributeValueQuoted;
    }
    if (markdownSpace(code)) {
      effects.consume(code);
      return completeAttributeValueBefore;
    }
    return completeAttributeValueUnquoted(code);
  }
  function completeAttributeValueQuoted(code) {
    if (code === markerB) {
      effects.consume(code);
      markerB = null;
      return completeAttributeValueQuotedAfter;
    }
    if (code === null || markdownLineEnding(code)) {
      return nok(code);
    }
    effects.consume(code);
    return completeAttributeValueQuoted;
  }
  function completeAttributeValueUnquoted(code) {
    if (code === null || code === 34 || code === 39 || code === 47 || code === 60 || code === 61 || code === 62 || code === 96 || markdownLineEndingOrSpace(code)) {
      return completeAttributeNameAfter(code);
    }
    effects.consume(code);
    return completeAttributeValueUnquoted;
  }
  function completeAttributeValueQuotedAfter(code) {
    if (code === 47 || code === 62 || markdownSpace(code)) {
      return completeAttributeNameBefore(code);
    }
    return nok(code);
  }
  function completeEnd(code) {
    if (code === 62) {
      effects.consume(code);
      return completeAfter;
    }
    return nok(code);
  }
  function completeAfter(code) {
    if (code === null || markdownLineEnding(code)) {
      return continuation(code);
    }
    if (markdownSpace(code)) {
      effects.consume(code);
      return completeAfter;
    }
    return nok(code);
  }
  function continuation(code) {
    if (code === 45 && marker === 2) {
      effects.consume(code);
      return continuationCommentInside;
    }
    if (code === 60 && marker === 1) {
      effects.consume(code);
      return continuationRawTagOpen;
    }
    if (code === 62 && marker === 4) {
      effects.consume(code);
      return continuationClose;
    }
    if (code === 63 && marker === 3) {
      effects.consume(code);
      return continuationDeclarationInside;
    }
    if (code === 93 && marker === 5) {
      effects.consume(code);
      return continuationCdataInside;
    }
    if (markdownLineEnding(code) && (marker === 6 || marker === 7)) {
      effects.exit("htmlFlowData");
      return effects.check(blankLineBefore, continuationAfter, continuationStart)(code);
    }
    if (code === null || markdownLineEnding(code)) {
      effects.exit("htmlFlowData");
      return continuationStart(code);
    }
    effects.consume(code);
    return continuation;
  }
  function continuationStart(code) {
    return effects.check(nonLazyContinuation, continuationStartNonLazy, continuationAfter)(code);
  }
  function continuationStartNonLazy(code) {
    effects.enter("lineEnding");
    effects.consume(code);
    effects.exit("lineEnding");
    return continuationBefore;
  }
  function continuationBefore(code) {
    if (code === null || markdownLineEnding(code)) {
      return continuationStart(code);
    }
    effects.enter("htmlFlowData");
    return continuation(code);
  }
  function continuationCommentInside(code) {
    if (code === 45) {
      effects.consume(code);
      return continuationDeclarationInside;
    }
    return continuation(code);
  }
  function continuationRawTagOpen(code) {
    if (code === 47) {
      effects.consume(code);
      buffer = "";
      return continuationRawEndTag;
    }
    return continuation(code);
  }
  function continuationRawEndTag(code) {
    if (code === 62) {
      const name = buffer.toLowerCase();
      if (htmlRawNames.includes(name)) {
        effects.consume(code);
        return continuationClose;
      }
      return continuation(code);
    }
    if (asciiAlpha(code) && buffer.length < 8) {
      effects.consume(code);
      buffer += String.fromCharCode(code);
      return continuationRawEndTag;
    }
    return continuation(code);
  }
  function continuationCdataInside(code) {
    if (code === 93) {
      effects.consume(code);
      return continuationDeclarationInside;
    }
    return continuation(code);
  }
  function continuationDeclarationInside(code) {
    if (code === 62) {
      effects.consume(code);
      return continuationClose;
    }
    if (code === 45 && marker === 2) {
      effects.consume(code);
      return continuationDeclarationInside;
    }
    return continuation(code);
  }
  function continuationClose(code) {
    if (code === null || markdownLineEnding(code)) {
      effects.exit("htmlFlowData");
      return continuationAfter(code);
    }
    effects.consume(code);
    return continuationClose;
  }
  function continuationAfter(code) {
    effects.exit("htmlFlow");
    return ok2(code);
  }
}
function tokenizeBlankLineBefore(effects, ok2, nok) {
  return start;
  function start(code) {
    effects.enter("lineEnding");
    effects.consume(code);
    effects.exit("lineEnding");
    return effects.attempt(blankLine, ok2, nok);
  }
}

// node_modules/micromark-core-commonmark/lib/html-text.js
var htmlText = {
  name: "htmlText",
  tokenize: tokenizeHtmlText
};
function tokenizeHtmlText(effects, ok2, nok) {
  const self = this;
  let marker;
  let index2;
  let returnState;
  return start;
  function start(code) {
    effects.enter("htmlText");
    effects.enter("htmlTextData");
    effects.consume(code);
    return open;
  }
  function open(code) {
    if (code === 33) {
      effects.consume(code);
      return declarationOpen;
    }
    if (code === 47) {
      effects.consume(code);
      return tagCloseStart;
    }
    if (code === 63) {
      effects.consume(code);
      return instruction;
    }
    if (asciiAlpha(code)) {
      effects.consume(code);
      return tagOpen;
    }
    return nok(code);
  }
  function declarationOpen(code) {
    if (code === 45) {
      effects.consume(code);
      return commentOpenInside;
    }
    if (code === 91) {
      effects.consume(code);
      index2 = 0;
      return cdataOpenInside;
    }
    if (asciiAlpha(code)) {
      effects.consume(code);
      return declaration;
    }
    return nok(code);
  }
  function commentOpenInside(code) {
    if (code === 45) {
      effects.consume(code);
      return commentEnd;
    }
    return nok(code);
  }
  function comment(code) {
    if (code === null) {
      return nok(code);
    }
    if (code === 45) {
      effects.consume(code);
      return commentClose;
    }
    if (markdownLineEnding(code)) {
      returnState = comment;
      return lineEndingBefore(code);
    }
    effects.consume(code);
    return comment;
  }
  function commentClose(code) {
    if (code === 45) {
      effects.consume(code);
      return commentEnd;
    }
    return comment(code);
  }
  function commentEnd(code) {
    return code === 62 ? end(code) : code === 45 ? commentClose(code) : comment(code);
  }
  function cdataOpenInside(code) {
    const value = "CDATA[";
    if (code === value.charCodeAt(index2++)) {
      effects.consume(code);
      return index2 === value.length ? cdata : cdataOpenInside;
    }
    return nok(code);
  }
  function cdata(code) {
    if (code === null) {
      return nok(code);
    }
    if (code === 93) {
      effects.consume(code);
      return cdataClose;
    }
    if (markdownLineEnding(code)) {
      returnState = cdata;
      return lineEndingBefore(code);
    }
    effects.consume(code);
    return cdata;
  }
  function cdataClose(code) {
    if (code === 93) {
      effects.consume(code);
      return cdataEnd;
    }
    return cdata(code);
  }
  function cdataEnd(code) {
    if (code === 62) {
      return end(code);
    }
    if (code === 93) {
      effects.consume(code);
      return cdataEnd;
    }
    return cdata(code);
  }
  function declaration(code) {
    if (code === null || code === 62) {
      return end(code);
    }
    if (markdownLineEnding(code)) {
      returnState = declaration;
      return lineEndingBefore(code);
    }
    effects.consume(code);
    return declaration;
  }
  function instruction(code) {
    if (code === null) {
      return nok(code);
    }
    if (code === 63) {
      effects.consume(code);
      return instructionClose;
    }
    if (markdownLineEnding(code)) {
      returnState = instruction;
      return lineEndingBefore(code);
    }
    effects.consume(code);
    return instruction;
  }
  function instructionClose(code) {
    return code === 62 ? end(code) : instruction(code);
  }
  function tagCloseStart(code) {
    if (asciiAlpha(code)) {
      effects.consume(code);
      return tagClose;
    }
    return nok(code);
  }
  function tagClose(code) {
    if (code === 45 || asciiAlphanumeric(code)) {
      effects.consume(code);
      return tagClose;
    }
    return tagCloseBetween(code);
  }
  function tagCloseBetween(code) {
    if (markdownLineEnding(code)) {
      returnState = tagCloseBetween;
      return lineEndingBefore(code);
    }
    if (markdownSpace(code)) {
      effects.consume(code);
      return tagCloseBetween;
    }
    return end(code);
  }
  function tagOpen(code) {
    if (code === 45 || asciiAlphanumeric(code)) {
      effects.consume(code);
      return tagOpen;
    }
    if (code === 47 || code === 62 || markdownLineEndingOrSpace(code)) {
      return tagOpenBetween(code);
    }
    return nok(code);
  }
  function tagOpenBetween(code) {
    if (code === 47) {
      effects.consume(code);
      return end;
    }
    if (code === 58 || code === 95 || asciiAlpha(code)) {
      effects.consume(code);
      return tagOpenAttributeName;
    }
    if (markdownLineEnding(code)) {
      returnState = tagOpenBetween;
      return lineEndingBefore(code);
    }
    if (markdownSpace(code)) {
      effects.consume(code);
      return tagOpenBetween;
    }
    return end(code);
  }
  function tagOpenAttributeName(code) {
    if (code === 45 || code === 46 || code === 58 || code === 95 || asciiAlphanumeric(code)) {
      effects.consume(code);
      return tagOpenAttributeName;
    }
    return tagOpenAttributeNameAfter(code);
  }
  function tagOpenAttributeNameAfter(code) {
    if (code === 61) {
      effects.consume(code);
      return tagOpenAttributeValueBefore;
    }
    if (markdownLineEnding(code)) {
      returnState = tagOpenAttributeNameAfter;
      return lineEndingBefore(code);
    }
    if (markdownSpace(code)) {
      effects.consume(code);
      return tagOpenAttributeNameAfter;
    }
    return tagOpenBetween(code);
  }
  function tagOpenAttributeValueBefore(code) {
    if (code === null || code === 60 || code === 61 || code === 62 || code === 96) {
      return nok(code);
    }
    if (code === 34 || code === 39) {
      effects.consume(code);
      marker = code;
      return tagOpenAttributeValueQuoted;
    }
    if (markdownLineEnding(code)) {
      returnState = tagOpenAttributeValueBefore;
      return lineEndingBefore(code);
    }
    if (markdownSpace(code)) {
      effects.consume(code);
      return tagOpenAttributeValueBefore;
    }
    effects.consume(code);
    return tagOpenAttributeValueUnquoted;
  }
  function tagOpenAttributeValueQuoted(code) {
    if (code === marker) {
      effects.consume(code);
      marker = void 0;
      return tagOpenAttributeValueQuotedAfter;
    }
    if (code === null) {
      return nok(code);
    }
    if (markdownLineEnding(code)) {
      returnState = tagOpenAttributeValueQuoted;
      return lineEndingBefore(code);
    }
    effects.consume(code);
    return tagOpenAttributeValueQuoted;
  }
  function tagOpenAttributeValueUnquoted(code) {
    if (code === null || code === 34 || code === 39 || code === 60 || code === 61 || code === 96) {
      return nok(code);
    }
    if (code === 47 || code === 62 || markdownLineEndingOrSpace(code)) {
      return tagOpenBetween(code);
    }
    effects.consume(code);
    return tagOpenAttributeValueUnquoted;
  }
  function tagOpenAttributeValueQuotedAfter(code) {
    if (code === 47 || code === 62 || markdownLineEndingOrSpace(code)) {
      return tagOpenBetween(code);
    }
    return nok(code);
  }
  function end(code) {
    if (code === 62) {
      effects.consume(code);
      effects.exit("htmlTextData");
      effects.exit("htmlText");
      return ok2;
    }
    return nok(code);
  }
  function lineEndingBefore(code) {
    effects.exit("htmlTextData");
    effects.enter("lineEnding");
    effects.consume(code);
    effects.exit("lineEnding");
    return lineEndingAfter;
  }
  function lineEndingAfter(code) {
    return markdownSpace(code) ? factorySpace(effects, lineEndingAfterPrefix, "linePrefix", self.parser.constructs.disable.null.includes("codeIndented") ? void 0 : 4)(code) : lineEndingAfterPrefix(code);
  }
  function lineEndingAfterPrefix(code) {
    effects.enter("htmlTextData");
    return returnState(code);
  }
}

// node_modules/micromark-core-commonmark/lib/label-end.js
var labelEnd = {
  name: "labelEnd",
  resolveAll: resolveAllLabelEnd,
  resolveTo: resolveToLabelEnd,
  tokenize: tokenizeLabelEnd
};
var resourceConstruct = {
  tokenize: tokenizeResource
};
var referenceFullConstruct = {
  tokenize: tokenizeReferenceFull
};
var referenceCollapsedConstruct = {
  tokenize: tokenizeReferenceCollapsed
};
function resolveAllLabelEnd(events) {
  let index2 = -1;
  const newEvents = [];
  while (++index2 < events.length) {
    const token = events[index2][1];
    newEvents.push(events[index2]);
    if (token.type === "labelImage" || token.type === "labelLink" || token.type === "labelEnd") {
      const offset = token.type === "labelImage" ? 4 : 2;
      token.type = "data";
      index2 += offset;
    }
  }
  if (events.length !== newEvents.length) {
    splice(events, 0, events.length, newEvents);
  }
  return events;
}
function resolveToLabelEnd(events, context) {
  let index2 = events.length;
  let offset = 0;
  let open;
  let close;
  let media;
  while (index2--) {
    const token = events[index2][1];
    if (open) {
      if (token.type === "link" || token.type === "labelLink" && token._inactive) {
        break;
      }
      if (events[index2][0] === "enter" && token.type === "labelLink") {
        token._inactive = true;
      }
    } else if (close) {
      if (events[index2][0] === "enter" && (token.type === "labelImage" || token.type === "labelLink") && !token._balanced) {
        open = index2;
        if (token.type !== "labelLink") {
          offset = 2;
          break;
        }
      }
    } else if (token.type === "labelEnd") {
      close = index2;
    }
  }
  const group = {
    type: events[open][1].type === "labelLink" ? "link" : "image",
    start: {
      ...events[open][1].start
    },
    end: {
      ...events[events.length - 1][1].end
    }
  };
  const label = {
    type: "label",
    start: {
      ...events[open][1].start
    },
    end: {
      ...events[close][1].end
    }
  };
  const text3 = {
    type: "labelText",
    start: {
      ...events[open + offset + 2][1].end
    },
    end: {
      ...events[close - 2][1].start
    }
  };
  media = [["enter", group, context], ["enter", label, context]];
  media = push(media, events.slice(open + 1, open + offset + 3));
  media = push(media, [["enter", text3, context]]);
  media = push(media, resolveAll(context.parser.constructs.insideSpan.null, events.slice(open + offset + 4, close - 3), context));
  media = push(media, [["exit", text3, context], events[close - 2], events[close - 1], ["exit", label, context]]);
  media = push(media, events.slice(close + 1));
  media = push(media, [["exit", group, context]]);
  splice(events, open, events.length, media);
  return events;
}
function tokenizeLabelEnd(effects, ok2, nok) {
  const self = this;
  const labelStarts = self._labelStarts;
  let labelStart;
  let defined;
  if (labelStarts) {
    while (labelStarts.length > 0 && labelStarts[labelStarts.length - 1]._balanced) {
      labelStarts.pop();
    }
    labelStart = labelStarts[labelStarts.length - 1];
  }
  return start;
  function start(code) {
    if (!labelStart) {
      return nok(code);
    }
    if (labelStart._inactive) {
      return labelEndNok(code);
    }
    defined = self.parser.defined.includes(normalizeIdentifier(self.sliceSerialize({
      start: labelStart.end,
      end: self.now()
    })));
    effects.enter("labelEnd");
    effects.enter("labelMarker");
    effects.consume(code);
    effects.exit("labelMarker");
    effects.exit("labelEnd");
    return after;
  }
  function after(code) {
    if (code === 40) {
      return effects.attempt(resourceConstruct, labelEndOk, defined ? labelEndOk : labelEndNok)(code);
    }
    if (code === 91) {
      return effects.attempt(referenceFullConstruct, labelEndOk, defined ? referenceNotFull : labelEndNok)(code);
    }
    return defined ? labelEndOk(code) : labelEndNok(code);
  }
  function referenceNotFull(code) {
    return effects.attempt(referenceCollapsedConstruct, labelEndOk, labelEndNok)(code);
  }
  function labelEndOk(code) {
    labelStarts.pop();
    return ok2(code);
  }
  function labelEndNok(code) {
    labelStart._balanced = true;
    return nok(code);
  }
}
function tokenizeResource(effects, ok2, nok) {
  return resourceStart;
  function resourceStart(code) {
    effects.enter("resource");
    effects.enter("resourceMarker");
    effects.consume(code);
    effects.exit("resourceMarker");
    return resourceBefore;
  }
  function resourceBefore(code) {
    return markdownLineEndingOrSpace(code) ? factoryWhitespace(effects, resourceOpen)(code) : resourceOpen(code);
  }
  function resourceOpen(code) {
    if (code === 41) {
      return resourceEnd(code);
    }
    return factoryDestination(effects, resourceDestinationAfter, resourceDestinationMissing, "resourceDestination", "resourceDestinationLiteral", "resourceDestinationLiteralMarker", "resourceDestinationRaw", "resourceDestinationString", 32)(code);
  }
  function resourceDestinationAfter(code) {
    return markdownLineEndingOrSpace(code) ? factoryWhitespace(effects, resourceBetween)(code) : resourceEnd(code);
  }
  function resourceDestinationMissing(code) {
    return nok(code);
  }
  function resourceBetween(code) {
    if (code === 34 || code === 39 || code === 40) {
      return factoryTitle(effects, resourceTitleAfter, nok, "resourceTitle", "resourceTitleMarker", "resourceTitleString")(code);
    }
    return resourceEnd(code);
  }
  function resourceTitleAfter(code) {
    return markdownLineEndingOrSpace(code) ? factoryWhitespace(effects, resourceEnd)(code) : resourceEnd(code);
  }
  function resourceEnd(code) {
    if (code === 41) {
      effects.enter("resourceMarker");
      effects.consume(code);
      effects.exit("resourceMarker");
      effects.exit("resource");
      return ok2;
    }
    return nok(code);
  }
}
function tokenizeReferenceFull(effects, ok2, nok) {
  const self = this;
  return referenceFull;
  function referenceFull(code) {
    return factoryLabel.call(self, effects, referenceFullAfter, referenceFullMissing, "reference", "referenceMarker", "referenceString")(code);
  }
  function referenceFullAfter(code) {
    return self.parser.defined.includes(normalizeIdentifier(self.sliceSerialize(self.events[self.events.length - 1][1]).slice(1, -1))) ? ok2(code) : nok(code);
  }
  function referenceFullMissing(code) {
    return nok(code);
  }
}
function tokenizeReferenceCollapsed(effects, ok2, nok) {
  return referenceCollapsedStart;
  function referenceCollapsedStart(code) {
    effects.enter("reference");
    effects.enter("referenceMarker");
    effects.consume(code);
    effects.exit("referenceMarker");
    return referenceCollapsedOpen;
  }
  function referenceCollapsedOpen(code) {
    if (code === 93) {
      effects.enter("referenceMarker");
      effects.consume(code);
      effects.exit("referenceMarker");
      effects.exit("reference");
      return ok2;
    }
    return nok(code);
  }
}

// node_modules/micromark-core-commonmark/lib/label-start-image.js
var labelStartImage = {
  name: "labelStartImage",
  resolveAll: labelEnd.resolveAll,
  tokenize: tokenizeLabelStartImage
};
function tokenizeLabelStartImage(effects, ok2, nok) {
  const self = this;
  let labelImage;
  return start;
  function start(code) {
    effects.enter("labelImage");
    effects.enter("labelImageMarker");
    effects.consume(code);
    effects.exit("labelImageMarker");
    return open;
  }
  function open(code) {
    if (code === 91) {
      effects.enter("labelMarker");
      effects.consume(code);
      effects.exit("labelMarker");
      labelImage = effects.exit("labelImage");
      return after;
    }
    return nok(code);
  }
  function after(code) {
    if (code === 94 && "_hiddenFootnoteSupport" in self.parser.constructs) {
      return nok(code);
    }
    self._labelStarts = self._labelStarts || [];
    self._labelStarts.push(labelImage);
    return ok2(code);
  }
}

// node_modules/micromark-core-commonmark/lib/label-start-link.js
var labelStartLink = {
  name: "labelStartLink",
  resolveAll: labelEnd.resolveAll,
  tokenize: tokenizeLabelStartLink
};
function tokenizeLabelStartLink(effects, ok2, nok) {
  const self = this;
  let labelLink;
  return start;
  function start(code) {
    effects.enter("labelLink");
    effects.enter("labelMarker");
    effects.consume(code);
    effects.exit("labelMarker");
    labelLink = effects.exit("labelLink");
    return after;
  }
  function after(code) {
    if (code === 94 && "_hiddenFootnoteSupport" in self.parser.constructs) {
      return nok(code);
    }
    self._labelStarts = self._labelStarts || [];
    self._labelStarts.push(labelLink);
    return ok2(code);
  }
}

// node_modules/micromark-core-commonmark/lib/line-ending.js
var lineEnding = {
  name: "lineEnding",
  tokenize: tokenizeLineEnding
};
function tokenizeLineEnding(effects, ok2) {
  return start;
  function start(code) {
    effects.enter("lineEnding");
    effects.consume(code);
    effects.exit("lineEnding");
    return factorySpace(effects, ok2, "linePrefix");
  }
}

// node_modules/micromark-core-commonmark/lib/thematic-break.js
var thematicBreak = {
  name: "thematicBreak",
  tokenize: tokenizeThematicBreak
};
function tokenizeThematicBreak(effects, ok2, nok) {
  let size = 0;
  let marker;
  return start;
  function start(code) {
    effects.enter("thematicBreak");
    return before(code);
  }
  function before(code) {
    marker = code;
    return atBreak(code);
  }
  function atBreak(code) {
    if (code === marker) {
      effects.enter("thematicBreakSequence");
      return sequence(code);
    }
    if (size >= 3 && (code === null || markdownLineEnding(code))) {
      effects.exit("thematicBreak");
      return ok2(code);
    }
    return nok(code);
  }
  function sequence(code) {
    if (code === marker) {
      effects.consume(code);
      size++;
      return sequence;
    }
    effects.exit("thematicBreakSequence");
    return markdownSpace(code) ? factorySpace(effects, atBreak, "whitespace")(code) : atBreak(code);
  }
}

// node_modules/micromark-core-commonmark/lib/list.js
var list = {
  continuation: {
    tokenize: tokenizeListContinuation
  },
  exit: tokenizeListEnd,
  name: "list",
  tokenize: tokenizeListStart
};
var listItemPrefixWhitespaceConstruct = {
  partial: true,
  tokenize: tokenizeListItemPrefixWhitespace
};
var indentConstruct = {
  partial: true,
  tokenize: tokenizeIndent
};
function tokenizeListStart(effects, ok2, nok) {
  const self = this;
  const tail = self.events[self.events.length - 1];
  let initialSize = tail && tail[1].type === "linePrefix" ? tail[2].sliceSerialize(tail[1], true).length : 0;
  let size = 0;
  return start;
  function start(code) {
    const kind = self.containerState.type || (code === 42 || code === 43 || code === 45 ? "listUnordered" : "listOrdered");
    if (kind === "listUnordered" ? !self.containerState.marker || code === self.containerState.marker : asciiDigit(code)) {
      if (!self.containerState.type) {
        self.containerState.type = kind;
        effects.enter(kind, {
          _container: true
        });
      }
      if (kind === "listUnordered") {
        effects.enter("listItemPrefix");
        return code === 42 || code === 45 ? effects.check(thematicBreak, nok, atMarker)(code) : atMarker(code);
      }
      if (!self.interrupt || code === 49) {
        effects.enter("listItemPrefix");
        effects.enter("listItemValue");
        return inside(code);
      }
    }
    return nok(code);
  }
  function inside(code) {
    if (asciiDigit(code) && ++size < 10) {
      effects.consume(code);
      return inside;
    }
    if ((!self.interrupt || size < 2) && (self.containerState.marker ? code === self.containerState.marker : code === 41 || code === 46)) {
      effects.exit("listItemValue");
      return atMarker(code);
    }
    return nok(code);
  }
  function atMarker(code) {
    effects.enter("listItemMarker");
    effects.consume(code);
    effects.exit("listItemMarker");
    self.containerState.marker = self.containerState.marker || code;
    return effects.check(
      blankLine,
      // Can’t be empty when interrupting.
      self.interrupt ? nok : onBlank,
      effects.attempt(listItemPrefixWhitespaceConstruct, endOfPrefix, otherPrefix)
    );
  }
  function onBlank(code) {
    self.containerState.initialBlankLine = true;
    initialSize++;
    return endOfPrefix(code);
  }
  function otherPrefix(code) {
    if (markdownSpace(code)) {
      effects.enter("listItemPrefixWhitespace");
      effects.consume(code);
      effects.exit("listItemPrefixWhitespace");
      return endOfPrefix;
    }
    return nok(code);
  }
  function endOfPrefix(code) {
    self.containerState.size = initialSize + self.sliceSerialize(effects.exit("listItemPrefix"), true).length;
    return ok2(code);
  }
}
function tokenizeListContinuation(effects, ok2, nok) {
  const self = this;
  self.containerState._closeFlow = void 0;
  return effects.check(blankLine, onBlank, notBlank);
  function onBlank(code) {
    self.containerState.furtherBlankLines = self.containerState.furtherBlankLines || self.containerState.initialBlankLine;
    return factorySpace(effects, ok2, "listItemIndent", self.containerState.size + 1)(code);
  }
  function notBlank(code) {
    if (self.containerState.furtherBlankLines || !markdownSpace(code)) {
      self.containerState.furtherBlankLines = void 0;
      self.containerState.initialBlankLine = void 0;
      return notInCurrentItem(code);
    }
    self.containerState.furtherBlankLines = void 0;
    self.containerState.initialBlankLine = void 0;
    return effects.attempt(indentConstruct, ok2, notInCurrentItem)(code);
  }
  function notInCurrentItem(code) {
    self.containerState._closeFlow = true;
    self.interrupt = void 0;
    return factorySpace(effects, effects.attempt(list, ok2, nok), "linePrefix", self.parser.constructs.disable.null.includes("codeIndented") ? void 0 : 4)(code);
  }
}
function tokenizeIndent(effects, ok2, nok) {
  const self = this;
  return factorySpace(effects, afterPrefix, "listItemIndent", self.containerState.size + 1);
  function afterPrefix(code) {
    const tail = self.events[self.events.length - 1];
    return tail && tail[1].type === "listItemIndent" && tail[2].sliceSerialize(tail[1], true).length === self.containerState.size ? ok2(code) : nok(code);
  }
}
function tokenizeListEnd(effects) {
  effects.exit(this.containerState.type);
}
function tokenizeListItemPrefixWhitespace(effects, ok2, nok) {
  const self = this;
  return factorySpace(effects, afterPrefix, "listItemPrefixWhitespace", self.parser.constructs.disable.null.includes("codeIndented") ? void 0 : 4 + 1);
  function afterPrefix(code) {
    const tail = self.events[self.events.length - 1];
    return !markdownSpace(code) && tail && tail[1].type === "listItemPrefixWhitespace" ? ok2(code) : nok(code);
  }
}

// node_modules/micromark-core-commonmark/lib/setext-underline.js
var setextUnderline = {
  name: "setextUnderline",
  resolveTo: resolveToSetextUnderline,
  tokenize: tokenizeSetextUnderline
};
function resolveToSetextUnderline(events, context) {
  const editMap = new EditMap();
  let index2 = events.length;
  let content3;
  let text3;
  let definition2;
  while (index2--) {
    if (events[index2][0] === "enter") {
      if (events[index2][1].type === "content") {
        content3 = index2;
        break;
      }
      if (events[index2][1].type === "paragraph") {
        text3 = index2;
      }
    } else {
      if (events[index2][1].type === "content") {
        editMap.add(index2, 1, []);
      }
      if (!definition2 && events[index2][1].type === "definition") {
        definition2 = index2;
      }
    }
  }
  const heading = {
    type: "setextHeading",
    start: {
      ...events[content3][1].start
    },
    end: {
      ...events[events.length - 1][1].end
    }
  };
  events[text3][1].type = "setextHeadingText";
  if (definition2) {
    editMap.add(text3, 0, [["enter", heading, context]]);
    editMap.add(definition2 + 1, 0, [["exit", events[content3][1], context]]);
    events[content3][1].end = {
      ...events[definition2][1].end
    };
  } else {
    events[content3][1] = heading;
  }
  editMap.add(events.length, 0, [["exit", heading, context]]);
  editMap.consume(events);
  return events;
}
function tokenizeSetextUnderline(effects, ok2, nok) {
  const self = this;
  let marker;
  return start;
  function start(code) {
    let index2 = self.events.length;
    let paragraph;
    while (index2--) {
      if (self.events[index2][1].type !== "lineEnding" && self.events[index2][1].type !== "linePrefix" && self.events[index2][1].type !== "content") {
        paragraph = self.events[index2][1].type === "paragraph";
        break;
      }
    }
    if (!self.parser.lazy[self.now().line] && (self.interrupt || paragraph)) {
      effects.enter("setextHeadingLine");
      marker = code;
      return before(code);
    }
    return nok(code);
  }
  function before(code) {
    effects.enter("setextHeadingLineSequence");
    return inside(code);
  }
  function inside(code) {
    if (code === marker) {
      effects.consume(code);
      return inside;
    }
    effects.exit("setextHeadingLineSequence");
    return markdownSpace(code) ? factorySpace(effects, after, "lineSuffix")(code) : after(code);
  }
  function after(code) {
    if (code === null || markdownLineEnding(code)) {
      effects.exit("setextHeadingLine");
      return ok2(code);
    }
    return nok(code);
  }
}

// node_modules/micromark/lib/initialize/flow.js
var flow = {
  tokenize: initializeFlow
};
function initializeFlow(effects) {
  const self = this;
  const initial = effects.attempt(
    // Try to parse a blank line.
    blankLine,
    atBlankEnding,
    // Try to parse initial flow (essentially, only code).
    effects.attempt(this.parser.constructs.flowInitial, afterConstruct, factorySpace(effects, effects.attempt(this.parser.constructs.flow, afterConstruct, effects.attempt(content2, afterConstruct)), "linePrefix"))
  );
  return initial;
  function atBlankEnding(code) {
    if (code === null) {
      effects.consume(code);
      return;
    }
    effects.enter("lineEndingBlank");
    effects.consume(code);
    effects.exit("lineEndingBlank");
    self.currentConstruct = void 0;
    return initial;
  }
  function afterConstruct(code) {
    if (code === null) {
      effects.consume(code);
      return;
    }
    effects.enter("lineEnding");
    effects.consume(code);
    effects.exit("lineEnding");
    self.currentConstruct = void 0;
    return initial;
  }
}

// node_modules/micromark/lib/initialize/text.js
var resolver = {
  resolveAll: createResolver()
};
var string = initializeFactory("string");
var text = initializeFactory("text");
function initializeFactory(field) {
  return {
    resolveAll: createResolver(field === "text" ? resolveAllLineSuffixes : void 0),
    tokenize: initializeText
  };
  function initializeText(effects) {
    const self = this;
    const constructs2 = this.parser.constructs[field];
    const text3 = effects.attempt(constructs2, start, notText);
    return start;
    function start(code) {
      return atBreak(code) ? text3(code) : notText(code);
    }
    function notText(code) {
      if (code === null) {
        effects.consume(code);
        return;
      }
      effects.enter("data");
      effects.consume(code);
      return data;
    }
    function data(code) {
      if (atBreak(code)) {
        effects.exit("data");
        return text3(code);
      }
      effects.consume(code);
      return data;
    }
    function atBreak(code) {
      if (code === null) {
        return true;
      }
      const list2 = constructs2[code];
      let index2 = -1;
      if (list2) {
        while (++index2 < list2.length) {
          const item = list2[index2];
          if (!item.previous || item.previous.call(self, self.previous)) {
            return true;
          }
        }
      }
      return false;
    }
  }
}
function createResolver(extraResolver) {
  return resolveAllText;
  function resolveAllText(events, context) {
    let index2 = -1;
    let enter;
    while (++index2 <= events.length) {
      if (enter === void 0) {
        if (events[index2] && events[index2][1].type === "data") {
          enter = index2;
          index2++;
        }
      } else if (!events[index2] || events[index2][1].type !== "data") {
        if (index2 !== enter + 2) {
          events[enter][1].end = events[index2 - 1][1].end;
          events.splice(enter + 2, index2 - enter - 2);
          index2 = enter + 2;
        }
        enter = void 0;
      }
    }
    return extraResolver ? extraResolver(events, context) : events;
  }
}
function resolveAllLineSuffixes(events, context) {
  const editMap = new EditMap();
  let eventIndex = 0;
  while (++eventIndex <= events.length) {
    if ((eventIndex === events.length || events[eventIndex][1].type === "lineEnding") && events[eventIndex - 1][1].type === "data") {
      const data = events[eventIndex - 1][1];
      const chunks = context.sliceStream(data);
      let index2 = chunks.length;
      let bufferIndex = -1;
      let size = 0;
      let tabs;
      while (index2--) {
        const chunk = chunks[index2];
        if (typeof chunk === "string") {
          bufferIndex = chunk.length;
          while (chunk.charCodeAt(bufferIndex - 1) === 32) {
            size++;
            bufferIndex--;
          }
          if (bufferIndex) {
            break;
          }
          bufferIndex = -1;
        } else if (chunk === -2) {
          tabs = true;
          size++;
        } else if (chunk === -1) {
        } else {
          index2++;
          break;
        }
      }
      if (context._contentTypeTextTrailing && eventIndex === events.length) {
        size = 0;
      }
      if (size) {
        const token = {
          type: eventIndex === events.length || tabs || size < 2 ? "lineSuffix" : "hardBreakTrailing",
          start: {
            _bufferIndex: index2 ? bufferIndex : data.start._bufferIndex + bufferIndex,
            _index: data.start._index + index2,
            line: data.end.line,
            column: data.end.column - size,
            offset: data.end.offset - size
          },
          end: {
            ...data.end
          }
        };
        data.end = {
          ...token.start
        };
        if (data.start.offset === data.end.offset) {
          Object.assign(data, token);
        } else {
          editMap.add(eventIndex, 0, [["enter", token, context], ["exit", token, context]]);
        }
      }
      eventIndex++;
    }
  }
  editMap.consume(events);
  return events;
}

// node_modules/micromark/lib/constructs.js
var constructs_exports = {};
__export(constructs_exports, {
  attentionMarkers: () => attentionMarkers,
  contentInitial: () => contentInitial,
  disable: () => disable,
  document: () => document2,
  flow: () => flow2,
  flowInitial: () => flowInitial,
  insideSpan: () => insideSpan,
  string: () => string2,
  text: () => text2
});
var document2 = {
  [42]: list,
  [43]: list,
  [45]: list,
  [48]: list,
  [49]: list,
  [50]: list,
  [51]: list,
  [52]: list,
  [53]: list,
  [54]: list,
  [55]: list,
  [56]: list,
  [57]: list,
  [62]: blockQuote
};
var contentInitial = {
  [91]: definition
};
var flowInitial = {
  [-2]: codeIndented,
  [-1]: codeIndented,
  [32]: codeIndented
};
var flow2 = {
  [35]: headingAtx,
  [42]: thematicBreak,
  [45]: [setextUnderline, thematicBreak],
  [60]: htmlFlow,
  [61]: setextUnderline,
  [95]: thematicBreak,
  [96]: codeFenced,
  [126]: codeFenced
};
var string2 = {
  [38]: characterReference,
  [92]: characterEscape
};
var text2 = {
  [-5]: lineEnding,
  [-4]: lineEnding,
  [-3]: lineEnding,
  [33]: labelStartImage,
  [38]: characterReference,
  [42]: attention,
  [60]: [autolink, htmlText],
  [91]: labelStartLink,
  [92]: [hardBreakEscape, characterEscape],
  [93]: labelEnd,
  [95]: attention,
  [96]: codeText
};
var insideSpan = {
  null: [attention, resolver]
};
var attentionMarkers = {
  null: [42, 95]
};
var disable = {
  null: []
};

// node_modules/micromark/lib/create-tokenizer.js
function createTokenizer(parser, initialize, from) {
  let point3 = {
    _bufferIndex: -1,
    _index: 0,
    line: from && from.line || 1,
    column: from && from.column || 1,
    offset: from && from.offset || 0
  };
  const columnStart = {};
  const resolveAllConstructs = [];
  let chunks = [];
  let stack = [];
  let consumed = true;
  const effects = {
    attempt: constructFactory(onsuccessfulconstruct),
    check: constructFactory(onsuccessfulcheck),
    consume,
    enter,
    exit: exit3,
    interrupt: constructFactory(onsuccessfulcheck, {
      interrupt: true
    })
  };
  const context = {
    code: null,
    containerState: {},
    defineSkip,
    events: [],
    now,
    parser,
    previous: null,
    sliceSerialize,
    sliceStream,
    write
  };
  let state = initialize.tokenize.call(context, effects);
  let expectedCode;
  if (initialize.resolveAll) {
    resolveAllConstructs.push(initialize);
  }
  return context;
  function write(slice) {
    chunks = push(chunks, slice);
    main();
    if (chunks[chunks.length - 1] !== null) {
      return [];
    }
    addResult(initialize, 0);
    context.events = resolveAll(resolveAllConstructs, context.events, context);
    return context.events;
  }
  function sliceSerialize(token, expandTabs) {
    return serializeChunks(sliceStream(token), expandTabs);
  }
  function sliceStream(token) {
    return sliceChunks(chunks, token);
  }
  function now() {
    const {
      _bufferIndex,
      _index,
      line,
      column,
      offset
    } = point3;
    return {
      _bufferIndex,
      _index,
      line,
      column,
      offset
    };
  }
  function defineSkip(value) {
    columnStart[value.line] = value.column;
    accountForPotentialSkip();
  }
  function main() {
    while (point3._index < chunks.length) {
      const chunk = chunks[point3._index];
      if (typeof chunk === "string") {
        const chunkIndex = point3._index;
        if (point3._bufferIndex < 0) {
          point3._bufferIndex = 0;
        }
        while (point3._index === chunkIndex && point3._bufferIndex < chunk.length) {
          go(chunk.charCodeAt(point3._bufferIndex));
        }
      } else {
        go(chunk);
      }
    }
  }
  function go(code) {
    consumed = void 0;
    expectedCode = code;
    state = state(code);
  }
  function consume(code) {
    if (markdownLineEnding(code)) {
      point3.line++;
      point3.column = 1;
      point3.offset += code === -3 ? 2 : 1;
      accountForPotentialSkip();
    } else if (code !== -1) {
      point3.column++;
      point3.offset++;
    }
    if (point3._bufferIndex < 0) {
      point3._index++;
    } else {
      point3._bufferIndex++;
      if (point3._bufferIndex === // Points w/ non-negative `_bufferIndex` reference
      // strings.
      /** @type {string} */
      chunks[point3._index].length) {
        point3._bufferIndex = -1;
        point3._index++;
      }
    }
    context.previous = code;
    consumed = true;
  }
  function enter(type, fields) {
    const token = fields || {};
    token.type = type;
    token.start = now();
    context.events.push(["enter", token, context]);
    stack.push(token);
    return token;
  }
  function exit3(type) {
    const token = stack.pop();
    token.end = now();
    context.events.push(["exit", token, context]);
    return token;
  }
  function onsuccessfulconstruct(construct, info) {
    addResult(construct, info.from);
  }
  function onsuccessfulcheck(_, info) {
    info.restore();
  }
  function constructFactory(onreturn, fields) {
    return hook;
    function hook(constructs2, returnState, bogusState) {
      let listOfConstructs;
      let constructIndex;
      let currentConstruct;
      let info;
      return Array.isArray(constructs2) ? (
        /* c8 ignore next 1 */
        handleListOfConstructs(constructs2)
      ) : "tokenize" in constructs2 ? (
        // Looks like a construct.
        handleListOfConstructs([
          /** @type {Construct} */
          constructs2
        ])
      ) : handleMapOfConstructs(constructs2);
      function handleMapOfConstructs(map) {
        return start;
        function start(code) {
          const left = code !== null && map[code];
          const all2 = code !== null && map.null;
          const list2 = [
            // To do: add more extension tests.
            /* c8 ignore next 2 */
            ...Array.isArray(left) ? left : left ? [left] : [],
            ...Array.isArray(all2) ? all2 : all2 ? [all2] : []
          ];
          return handleListOfConstructs(list2)(code);
        }
      }
      function handleListOfConstructs(list2) {
        listOfConstructs = list2;
        constructIndex = 0;
        if (list2.length === 0) {
          return bogusState;
        }
        return handleConstruct(list2[constructIndex]);
      }
      function handleConstruct(construct) {
        return start;
        function start(code) {
          info = store();
          currentConstruct = construct;
          if (!construct.partial) {
            context.currentConstruct = construct;
          }
          if (construct.name && context.parser.constructs.disable.null.includes(construct.name)) {
            return nok(code);
          }
          return construct.tokenize.call(
            // If we do have fields, create an object w/ `context` as its
            // prototype.
            // This allows a “live binding”, which is needed for `interrupt`.
            fields ? Object.assign(Object.create(context), fields) : context,
            effects,
            ok2,
            nok
          )(code);
        }
      }
      function ok2(code) {
        consumed = true;
        onreturn(currentConstruct, info);
        return returnState;
      }
      function nok(code) {
        consumed = true;
        info.restore();
        if (++constructIndex < listOfConstructs.length) {
          return handleConstruct(listOfConstructs[constructIndex]);
        }
        return bogusState;
      }
    }
  }
  function addResult(construct, from2) {
    if (construct.resolveAll && !resolveAllConstructs.includes(construct)) {
      resolveAllConstructs.push(construct);
    }
    if (construct.resolve) {
      splice(context.events, from2, context.events.length - from2, construct.resolve(context.events.slice(from2), context));
    }
    if (construct.resolveTo) {
      context.events = construct.resolveTo(context.events, context);
    }
  }
  function store() {
    const startPoint = now();
    const startPrevious = context.previous;
    const startCurrentConstruct = context.currentConstruct;
    const startEventsIndex = context.events.length;
    const startStack = Array.from(stack);
    return {
      from: startEventsIndex,
      restore
    };
    function restore() {
      point3 = startPoint;
      context.previous = startPrevious;
      context.currentConstruct = startCurrentConstruct;
      context.events.length = startEventsIndex;
      stack = startStack;
      accountForPotentialSkip();
    }
  }
  function accountForPotentialSkip() {
    if (point3.line in columnStart && point3.column < 2) {
      point3.column = columnStart[point3.line];
      point3.offset += columnStart[point3.line] - 1;
    }
  }
}
function sliceChunks(chunks, token) {
  const startIndex = token.start._index;
  const startBufferIndex = token.start._bufferIndex;
  const endIndex = token.end._index;
  const endBufferIndex = token.end._bufferIndex;
  let view;
  if (startIndex === endIndex) {
    view = [chunks[startIndex].slice(startBufferIndex, endBufferIndex)];
  } else {
    view = chunks.slice(startIndex, endIndex);
    if (startBufferIndex > -1) {
      const head = view[0];
      if (typeof head === "string") {
        view[0] = head.slice(startBufferIndex);
      } else {
        view.shift();
      }
    }
    if (endBufferIndex > 0) {
      view.push(chunks[endIndex].slice(0, endBufferIndex));
    }
  }
  return view;
}
function serializeChunks(chunks, expandTabs) {
  let index2 = -1;
  const result = [];
  let atTab;
  while (++index2 < chunks.length) {
    const chunk = chunks[index2];
    let value;
    if (typeof chunk === "string") {
      value = chunk;
    } else {
      switch (chunk) {
        case -5: {
          value = "\r";
          break;
        }
        case -4: {
          value = "\n";
          break;
        }
        case -3: {
          value = "\r\n";
          break;
        }
        case -2: {
          value = expandTabs ? " " : "	";
          break;
        }
        case -1: {
          if (!expandTabs && atTab) {
            continue;
          }
          value = " ";
          break;
        }
        default: {
          value = String.fromCharCode(chunk);
        }
      }
    }
    atTab = chunk === -2;
    result.push(value);
  }
  return result.join("");
}

// node_modules/micromark/lib/parse.js
function parse(options) {
  const settings = options || {};
  const constructs2 = (
    /** @type {FullNormalizedExtension} */
    combineExtensions([constructs_exports, ...settings.extensions || []])
  );
  const parser = {
    constructs: constructs2,
    content: create(content),
    defined: [],
    document: create(document),
    flow: create(flow),
    lazy: {},
    string: create(string),
    text: create(text)
  };
  return parser;
  function create(initial) {
    return creator;
    function creator(from) {
      return createTokenizer(parser, initial, from);
    }
  }
}

// node_modules/micromark/lib/postprocess.js
function postprocess(events) {
  while (!subtokenize(events)) {
  }
  return events;
}

// node_modules/micromark/lib/preprocess.js
var search = /[\0\t\n\r]/g;
function preprocess() {
  let column = 1;
  let buffer = "";
  let start = true;
  let atCarriageReturn;
  return preprocessor;
  function preprocessor(value, encoding, end) {
    value = buffer + (typeof value === "string" ? value.toString() : new TextDecoder(encoding || void 0).decode(value));
    const chunks = [];
    let startPosition = 0;
    buffer = "";
    if (start) {
      if (value.charCodeAt(0) === 65279) {
        startPosition++;
      }
      start = void 0;
    }
    while (startPosition < value.length) {
      search.lastIndex = startPosition;
      const match = search.exec(value);
      const endPosition = match && match.index !== void 0 ? match.index : value.length;
      const code = value.charCodeAt(endPosition);
      if (!match) {
        buffer = value.slice(startPosition);
        break;
      }
      if (code === 10 && startPosition === endPosition && atCarriageReturn) {
        chunks.push(-3);
        atCarriageReturn = void 0;
      } else {
        if (atCarriageReturn) {
          chunks.push(-5);
          atCarriageReturn = void 0;
        }
        if (startPosition < endPosition) {
          chunks.push(value.slice(startPosition, endPosition));
          column += endPosition - startPosition;
        }
        switch (code) {
          case 0: {
            chunks.push(65533);
            column++;
            break;
          }
          case 9: {
            const next = Math.ceil(column / 4) * 4;
            chunks.push(-2);
            while (column++ < next) {
              chunks.push(-1);
            }
            break;
          }
          case 10: {
            chunks.push(-4);
            column = 1;
            break;
          }
          default: {
            atCarriageReturn = true;
            column = 1;
          }
        }
      }
      startPosition = endPosition + 1;
    }
    if (end) {
      if (atCarriageReturn) {
        chunks.push(-5);
      }
      if (buffer) {
        chunks.push(buffer);
      }
      chunks.push(null);
    }
    return chunks;
  }
}

// node_modules/micromark-util-decode-string/index.js
var characterEscapeOrReference = /\\([!-/:-@[-`{-~])|&(#(?:\d{1,7}|x[\da-f]{1,6})|[\da-z]{1,31});/gi;
function decodeString(value) {
  return value.replace(characterEscapeOrReference, decode);
}
function decode($0, $1, $2) {
  if ($1) {
    return $1;
  }
  const head = $2.charCodeAt(0);
  if (head === 35) {
    const head2 = $2.charCodeAt(1);
    const hex = head2 === 120 || head2 === 88;
    return decodeNumericCharacterReference($2.slice(hex ? 2 : 1), hex ? 16 : 10);
  }
  return decodeNamedCharacterReference($2) || $0;
}

// node_modules/unist-util-stringify-position/lib/index.js
function stringifyPosition(value) {
  if (!value || typeof value !== "object") {
    return "";
  }
  if ("position" in value || "type" in value) {
    return position(value.position);
  }
  if ("start" in value || "end" in value) {
    return position(value);
  }
  if ("line" in value || "column" in value) {
    return point(value);
  }
  return "";
}
function point(point3) {
  return index(point3 && point3.line) + ":" + index(point3 && point3.column);
}
function position(pos) {
  return point(pos && pos.start) + "-" + point(pos && pos.end);
}
function index(value) {
  return value && typeof value === "number" ? value : 1;
}

// node_modules/mdast-util-from-markdown/lib/index.js
var own2 = {}.hasOwnProperty;
function fromMarkdown(value, encoding, options) {
  if (encoding && typeof encoding === "object") {
    options = encoding;
    encoding = void 0;
  }
  return compiler(options)(postprocess(parse(options).document().write(preprocess()(value, encoding, true))));
}
function compiler(options) {
  const config = {
    afterExit: [],
    beforeEnter: [],
    transforms: [],
    canContainEols: ["emphasis", "fragment", "heading", "paragraph", "strong"],
    enter: {
      autolink: opener(link),
      autolinkProtocol: onenterdata,
      autolinkEmail: onenterdata,
      atxHeading: opener(heading),
      blockQuote: opener(blockQuote2),
      characterEscape: onenterdata,
      characterReference: onenterdata,
      codeFenced: opener(codeFlow),
      codeFencedFenceInfo: buffer,
      codeFencedFenceMeta: buffer,
      codeIndented: opener(codeFlow, buffer),
      codeText: opener(codeText2, buffer),
      codeTextData: onenterdata,
      data: onenterdata,
      codeFlowValue: onenterdata,
      definition: opener(definition2),
      definitionDestinationString: buffer,
      definitionLabelString: buffer,
      definitionTitleString: buffer,
      emphasis: opener(emphasis),
      hardBreakEscape: opener(hardBreak),
      hardBreakTrailing: opener(hardBreak),
      htmlFlow: opener(html, buffer),
      htmlFlowData: onenterdata,
      htmlText: opener(html, buffer),
      htmlTextData: onenterdata,
      image: opener(image),
      label: buffer,
      link: opener(link),
      listItem: opener(listItem),
      listItemValue: onenterlistitemvalue,
      listOrdered: opener(list2, onenterlistordered),
      listUnordered: opener(list2),
      paragraph: opener(paragraph),
      reference: onenterreference,
      referenceString: buffer,
      resourceDestinationString: buffer,
      resourceTitleString: buffer,
      setextHeading: opener(heading),
      strong: opener(strong),
      thematicBreak: opener(thematicBreak2)
    },
    exit: {
      atxHeading: closer(),
      atxHeadingSequence: onexitatxheadingsequence,
      autolink: closer(),
      autolinkEmail: onexitautolinkemail,
      autolinkProtocol: onexitautolinkprotocol,
      blockQuote: closer(),
      characterEscapeValue: onexitdata,
      characterReferenceMarkerHexadecimal: onexitcharacterreferencemarker,
      characterReferenceMarkerNumeric: onexitcharacterreferencemarker,
      characterReferenceValue: onexitcharacterreferencevalue,
      characterReference: onexitcharacterreference,
      codeFenced: closer(onexitcodefenced),
      codeFencedFence: onexitcodefencedfence,
      codeFencedFenceInfo: onexitcodefencedfenceinfo,
      codeFencedFenceMeta: onexitcodefencedfencemeta,
      codeFlowValue: onexitdata,
      codeIndented: closer(onexitcodeindented),
      codeText: closer(onexitcodetext),
      codeTextData: onexitdata,
      data: onexitdata,
      definition: closer(),
      definitionDestinationString: onexitdefinitiondestinationstring,
      definitionLabelString: onexitdefinitionlabelstring,
      definitionTitleString: onexitdefinitiontitlestring,
      emphasis: closer(),
      hardBreakEscape: closer(onexithardbreak),
      hardBreakTrailing: closer(onexithardbreak),
      htmlFlow: closer(onexithtmlflow),
      htmlFlowData: onexitdata,
      htmlText: closer(onexithtmltext),
      htmlTextData: onexitdata,
      image: closer(onexitimage),
      label: onexitlabel,
      labelText: onexitlabeltext,
      lineEnding: onexitlineending,
      link: closer(onexitlink),
      listItem: closer(),
      listOrdered: closer(),
      listUnordered: closer(),
      paragraph: closer(),
      referenceString: onexitreferencestring,
      resourceDestinationString: onexitresourcedestinationstring,
      resourceTitleString: onexitresourcetitlestring,
      resource: onexitresource,
      setextHeading: closer(onexitsetextheading),
      setextHeadingLineSequence: onexitsetextheadinglinesequence,
      setextHeadingText: onexitsetextheadingtext,
      strong: closer(),
      thematicBreak: closer()
    }
  };
  configure(config, (options || {}).mdastExtensions || []);
  const data = {};
  return compile;
  function compile(events) {
    let tree = {
      type: "root",
      children: [],
      position: void 0
    };
    const context = {
      stack: [tree],
      tokenStack: [],
      config,
      enter,
      exit: exit3,
      buffer,
      resume,
      data
    };
    const listStack = [];
    const prepared = [];
    let index2 = -1;
    while (++index2 < events.length) {
      prepared.push(events[index2]);
      if (events[index2][1].type === "listOrdered" || events[index2][1].type === "listUnordered") {
        if (events[index2][0] === "enter") {
          listStack.push(prepared.length - 1);
        } else {
          const tail = listStack.pop();
          prepareList(prepared, tail);
        }
      }
    }
    events = prepared;
    index2 = -1;
    while (++index2 < events.length) {
      const handler = config[events[index2][0]];
      if (events[index2][0] === "enter" && config.beforeEnter.length > 0) {
        callListeners(config.beforeEnter, {
          ...context,
          sliceSerialize: events[index2][2].sliceSerialize
        }, events[index2][1]);
      }
      if (own2.call(handler, events[index2][1].type)) {
        handler[events[index2][1].type].call({
          ...context,
          sliceSerialize: events[index2][2].sliceSerialize
        }, events[index2][1]);
      }
      if (events[index2][0] === "exit" && config.afterExit.length > 0) {
        callListeners(config.afterExit, {
          ...context,
          sliceSerialize: events[index2][2].sliceSerialize
        }, events[index2][1]);
      }
    }
    if (context.tokenStack.length > 0) {
      const tail = context.tokenStack[context.tokenStack.length - 1];
      const handler = tail[1] || defaultOnError;
      handler.call(context, void 0, tail[0]);
    }
    tree.position = {
      start: point2(events.length > 0 ? events[0][1].start : {
        line: 1,
        column: 1,
        offset: 0
      }),
      end: point2(events.length > 0 ? events[events.length - 2][1].end : {
        line: 1,
        column: 1,
        offset: 0
      })
    };
    index2 = -1;
    while (++index2 < config.transforms.length) {
      tree = config.transforms[index2](tree) || tree;
    }
    return tree;
  }
  function callListeners(listeners, context, token) {
    let index2 = -1;
    while (++index2 < listeners.length) {
      listeners[index2].call(context, token);
    }
  }
  function prepareList(events, start) {
    const end = events.length - 1;
    let index2 = start - 1;
    let containerBalance = -1;
    let listSpread = false;
    let listItem2;
    let lineIndex;
    let firstBlankLineIndex;
    let atMarker;
    const insertions = [];
    while (++index2 <= end) {
      const event = events[index2];
      switch (event[1].type) {
        case "listUnordered":
        case "listOrdered":
        case "blockQuote": {
          if (event[0] === "enter") {
            containerBalance++;
          } else {
            containerBalance--;
          }
          atMarker = void 0;
          break;
        }
        case "lineEndingBlank": {
          if (event[0] === "enter") {
            if (listItem2 && !atMarker && !containerBalance && !firstBlankLineIndex) {
              firstBlankLineIndex = index2;
            }
            atMarker = void 0;
          }
          break;
        }
        case "linePrefix":
        case "listItemValue":
        case "listItemMarker":
        case "listItemPrefix":
        case "listItemPrefixWhitespace": {
          break;
        }
        default: {
          atMarker = void 0;
        }
      }
      if (!containerBalance && event[0] === "enter" && event[1].type === "listItemPrefix" || containerBalance === -1 && event[0] === "exit" && (event[1].type === "listUnordered" || event[1].type === "listOrdered")) {
        if (listItem2) {
          let tailIndex = index2;
          lineIndex = void 0;
          while (tailIndex--) {
            const tailEvent = events[tailIndex];
            if (tailEvent[1].type === "lineEnding" || tailEvent[1].type === "lineEndingBlank") {
              if (tailEvent[0] === "exit") continue;
              if (lineIndex) {
                events[lineIndex][1].type = "lineEndingBlank";
                listSpread = true;
              }
              tailEvent[1].type = "lineEnding";
              lineIndex = tailIndex;
            } else if (tailEvent[1].type === "linePrefix" || tailEvent[1].type === "blockQuotePrefix" || tailEvent[1].type === "blockQuotePrefixWhitespace" || tailEvent[1].type === "blockQuoteMarker" || tailEvent[1].type === "listItemIndent") {
            } else {
              break;
            }
          }
          if (firstBlankLineIndex && (!lineIndex || firstBlankLineIndex < lineIndex)) {
            listItem2._spread = true;
          }
          listItem2.end = Object.assign({}, lineIndex ? events[lineIndex][1].start : event[1].end);
          insertions.push({
            at: lineIndex || index2,
            event: ["exit", listItem2, event[2]]
          });
        }
        if (event[1].type === "listItemPrefix") {
          const item = {
            type: "listItem",
            _spread: false,
            start: Object.assign({}, event[1].start),
            // @ts-expect-error: we’ll add `end` in a second.
            end: void 0
          };
          listItem2 = item;
          insertions.push({
            at: index2,
            event: ["enter", item, event[2]]
          });
          firstBlankLineIndex = void 0;
          atMarker = true;
        }
      }
    }
    const listEvents = events.splice(start);
    let insertion = 0;
    index2 = -1;
    while (++index2 < listEvents.length) {
      while (insertion < insertions.length && insertions[insertion].at === start + index2) {
        events.push(insertions[insertion++].event);
      }
      events.push(listEvents[index2]);
    }
    events[start][1]._spread = listSpread;
  }
  function opener(create, and) {
    return open;
    function open(token) {
      enter.call(this, create(token), token);
      if (and) and.call(this, token);
    }
  }
  function buffer() {
    this.stack.push({
      type: "fragment",
      children: []
    });
  }
  function enter(node2, token, errorHandler) {
    const parent = this.stack[this.stack.length - 1];
    const siblings = parent.children;
    siblings.push(node2);
    this.stack.push(node2);
    this.tokenStack.push([token, errorHandler || void 0]);
    node2.position = {
      start: point2(token.start),
      // @ts-expect-error: `end` will be patched later.
      end: void 0
    };
  }
  function closer(and) {
    return close;
    function close(token) {
      if (and) and.call(this, token);
      exit3.call(this, token);
    }
  }
  function exit3(token, onExitError) {
    const node2 = this.stack.pop();
    const open = this.tokenStack.pop();
    if (!open) {
      throw new Error("Cannot close `" + token.type + "` (" + stringifyPosition({
        start: token.start,
        end: token.end
      }) + "): it’s not open");
    }
    if (open[0].type !== token.type) {
      if (onExitError) {
        onExitError.call(this, token, open[0]);
      } else {
        const handler = open[1] || defaultOnError;
        handler.call(this, token, open[0]);
      }
    }
    node2.position.end = point2(token.end);
  }
  function resume() {
    return toString(this.stack.pop());
  }
  function onenterlistordered() {
    this.data.expectingFirstListItemValue = true;
  }
  function onenterlistitemvalue(token) {
    if (this.data.expectingFirstListItemValue) {
      const ancestor = this.stack[this.stack.length - 2];
      ancestor.start = Number.parseInt(this.sliceSerialize(token), 10);
      this.data.expectingFirstListItemValue = void 0;
    }
  }
  function onexitcodefencedfenceinfo() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.lang = data2;
  }
  function onexitcodefencedfencemeta() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.meta = data2;
  }
  function onexitcodefencedfence() {
    if (this.data.flowCodeInside) return;
    this.buffer();
    this.data.flowCodeInside = true;
  }
  function onexitcodefenced() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.value = data2.replace(/^(\r?\n|\r)|(\r?\n|\r)$/g, "");
    this.data.flowCodeInside = void 0;
  }
  function onexitcodeindented() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.value = data2.replace(/(\r?\n|\r)$/g, "");
  }
  function onexitdefinitionlabelstring(token) {
    const label = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.label = label;
    node2.identifier = normalizeIdentifier(this.sliceSerialize(token)).toLowerCase();
  }
  function onexitdefinitiontitlestring() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.title = data2;
  }
  function onexitdefinitiondestinationstring() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.url = data2;
  }
  function onexitatxheadingsequence(token) {
    const node2 = this.stack[this.stack.length - 1];
    if (!node2.depth) {
      const depth = this.sliceSerialize(token).length;
      node2.depth = depth;
    }
  }
  function onexitsetextheadingtext() {
    this.data.setextHeadingSlurpLineEnding = true;
  }
  function onexitsetextheadinglinesequence(token) {
    const node2 = this.stack[this.stack.length - 1];
    node2.depth = this.sliceSerialize(token).codePointAt(0) === 61 ? 1 : 2;
  }
  function onexitsetextheading() {
    this.data.setextHeadingSlurpLineEnding = void 0;
  }
  function onenterdata(token) {
    const node2 = this.stack[this.stack.length - 1];
    const siblings = node2.children;
    let tail = siblings[siblings.length - 1];
    if (!tail || tail.type !== "text") {
      tail = text3();
      tail.position = {
        start: point2(token.start),
        // @ts-expect-error: we’ll add `end` later.
        end: void 0
      };
      siblings.push(tail);
    }
    this.stack.push(tail);
  }
  function onexitdata(token) {
    const tail = this.stack.pop();
    tail.value += this.sliceSerialize(token);
    tail.position.end = point2(token.end);
  }
  function onexitlineending(token) {
    const context = this.stack[this.stack.length - 1];
    if (this.data.atHardBreak) {
      const tail = context.children[context.children.length - 1];
      tail.position.end = point2(token.end);
      this.data.atHardBreak = void 0;
      return;
    }
    if (!this.data.setextHeadingSlurpLineEnding && config.canContainEols.includes(context.type)) {
      onenterdata.call(this, token);
      onexitdata.call(this, token);
    }
  }
  function onexithardbreak() {
    this.data.atHardBreak = true;
  }
  function onexithtmlflow() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.value = data2;
  }
  function onexithtmltext() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.value = data2;
  }
  function onexitcodetext() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.value = data2;
  }
  function onexitlink() {
    const node2 = this.stack[this.stack.length - 1];
    if (this.data.inReference) {
      const referenceType = this.data.referenceType || "shortcut";
      node2.type += "Reference";
      node2.referenceType = referenceType;
      delete node2.url;
      delete node2.title;
    } else {
      delete node2.identifier;
      delete node2.label;
    }
    this.data.referenceType = void 0;
  }
  function onexitimage() {
    const node2 = this.stack[this.stack.length - 1];
    if (this.data.inReference) {
      const referenceType = this.data.referenceType || "shortcut";
      node2.type += "Reference";
      node2.referenceType = referenceType;
      delete node2.url;
      delete node2.title;
    } else {
      delete node2.identifier;
      delete node2.label;
    }
    this.data.referenceType = void 0;
  }
  function onexitlabeltext(token) {
    const string3 = this.sliceSerialize(token);
    const ancestor = this.stack[this.stack.length - 2];
    ancestor.label = decodeString(string3);
    ancestor.identifier = normalizeIdentifier(string3).toLowerCase();
  }
  function onexitlabel() {
    const fragment = this.stack[this.stack.length - 1];
    const value = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    this.data.inReference = true;
    if (node2.type === "link") {
      const children = fragment.children;
      node2.children = children;
    } else {
      node2.alt = value;
    }
  }
  function onexitresourcedestinationstring() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.url = data2;
  }
  function onexitresourcetitlestring() {
    const data2 = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.title = data2;
  }
  function onexitresource() {
    this.data.inReference = void 0;
  }
  function onenterreference() {
    this.data.referenceType = "collapsed";
  }
  function onexitreferencestring(token) {
    const label = this.resume();
    const node2 = this.stack[this.stack.length - 1];
    node2.label = label;
    node2.identifier = normalizeIdentifier(this.sliceSerialize(token)).toLowerCase();
    this.data.referenceType = "full";
  }
  function onexitcharacterreferencemarker(token) {
    this.data.characterReferenceType = token.type;
  }
  function onexitcharacterreferencevalue(token) {
    const data2 = this.sliceSerialize(token);
    const type = this.data.characterReferenceType;
    let value;
    if (type) {
      value = decodeNumericCharacterReference(data2, type === "characterReferenceMarkerNumeric" ? 10 : 16);
      this.data.characterReferenceType = void 0;
    } else {
      const result = decodeNamedCharacterReference(data2);
      value = result;
    }
    const tail = this.stack[this.stack.length - 1];
    tail.value += value;
  }
  function onexitcharacterreference(token) {
    const tail = this.stack.pop();
    tail.position.end = point2(token.end);
  }
  function onexitautolinkprotocol(token) {
    onexitdata.call(this, token);
    const node2 = this.stack[this.stack.length - 1];
    node2.url = this.sliceSerialize(token);
  }
  function onexitautolinkemail(token) {
    onexitdata.call(this, token);
    const node2 = this.stack[this.stack.length - 1];
    node2.url = "mailto:" + this.sliceSerialize(token);
  }
  function blockQuote2() {
    return {
      type: "blockquote",
      children: [],
      position: void 0
    };
  }
  function codeFlow() {
    return {
      type: "code",
      lang: null,
      meta: null,
      value: "",
      position: void 0
    };
  }
  function codeText2() {
    return {
      type: "inlineCode",
      value: "",
      position: void 0
    };
  }
  function definition2() {
    return {
      type: "definition",
      identifier: "",
      label: null,
      title: null,
      url: "",
      position: void 0
    };
  }
  function emphasis() {
    return {
      type: "emphasis",
      children: [],
      position: void 0
    };
  }
  function heading() {
    return {
      type: "heading",
      // @ts-expect-error `depth` will be set later.
      depth: 0,
      children: [],
      position: void 0
    };
  }
  function hardBreak() {
    return {
      type: "break",
      position: void 0
    };
  }
  function html() {
    return {
      type: "html",
      value: "",
      position: void 0
    };
  }
  function image() {
    return {
      type: "image",
      title: null,
      url: "",
      alt: null,
      position: void 0
    };
  }
  function link() {
    return {
      type: "link",
      title: null,
      url: "",
      children: [],
      position: void 0
    };
  }
  function list2(token) {
    return {
      type: "list",
      ordered: token.type === "listOrdered",
      start: null,
      spread: token._spread,
      children: [],
      position: void 0
    };
  }
  function listItem(token) {
    return {
      type: "listItem",
      spread: token._spread,
      checked: null,
      children: [],
      position: void 0
    };
  }
  function paragraph() {
    return {
      type: "paragraph",
      children: [],
      position: void 0
    };
  }
  function strong() {
    return {
      type: "strong",
      children: [],
      position: void 0
    };
  }
  function text3() {
    return {
      type: "text",
      value: "",
      position: void 0
    };
  }
  function thematicBreak2() {
    return {
      type: "thematicBreak",
      position: void 0
    };
  }
}
function point2(d) {
  return {
    line: d.line,
    column: d.column,
    offset: d.offset
  };
}
function configure(combined, extensions) {
  let index2 = -1;
  while (++index2 < extensions.length) {
    const value = extensions[index2];
    if (Array.isArray(value)) {
      configure(combined, value);
    } else {
      extension(combined, value);
    }
  }
}
function extension(combined, extension2) {
  let key;
  for (key in extension2) {
    if (own2.call(extension2, key)) {
      switch (key) {
        case "canContainEols": {
          const right = extension2[key];
          if (right) {
            combined[key].push(...right);
          }
          break;
        }
        case "transforms": {
          const right = extension2[key];
          if (right) {
            combined[key].push(...right);
          }
          break;
        }
        case "afterExit":
        case "beforeEnter": {
          const right = extension2[key];
          if (right) {
            combined[key].push(right);
          }
          break;
        }
        case "enter":
        case "exit": {
          const right = extension2[key];
          if (right) {
            Object.assign(combined[key], right);
          }
          break;
        }
      }
    }
  }
}
function defaultOnError(left, right) {
  if (left) {
    throw new Error("Cannot close `" + left.type + "` (" + stringifyPosition({
      start: left.start,
      end: left.end
    }) + "): a different token (`" + right.type + "`, " + stringifyPosition({
      start: right.start,
      end: right.end
    }) + ") is open");
  }
  throw new Error("Cannot close document, a token (`" + right.type + "`, " + stringifyPosition({
    start: right.start,
    end: right.end
  }) + ") is still open");
}

// node_modules/devlop/lib/default.js
function ok() {
}

// node_modules/mdast-util-gfm-table/lib/index.js
function gfmTableFromMarkdown() {
  return {
    enter: {
      table: enterTable,
      tableData: enterCell,
      tableHeader: enterCell,
      tableRow: enterRow
    },
    exit: {
      codeText: exitCodeText,
      table: exitTable,
      tableData: exit2,
      tableHeader: exit2,
      tableRow: exit2
    }
  };
}
function enterTable(token) {
  const align = token._align;
  ok(align, "expected `_align` on table");
  this.enter(
    {
      type: "table",
      align: align.map(function(d) {
        return d === "none" ? null : d;
      }),
      children: [],
      position: void 0
    },
    token
  );
  this.data.inTable = true;
}
function exitTable(token) {
  this.exit(token);
  this.data.inTable = void 0;
}
function enterRow(token) {
  this.enter({ type: "tableRow", children: [], position: void 0 }, token);
}
function exit2(token) {
  this.exit(token);
}
function enterCell(token) {
  this.enter({ type: "tableCell", children: [], position: void 0 }, token);
}
function exitCodeText(token) {
  let value = this.resume();
  if (this.data.inTable) {
    value = value.replace(/\\([\\|])/g, replace);
  }
  const node2 = this.stack[this.stack.length - 1];
  ok(node2.type === "inlineCode");
  node2.value = value;
  this.exit(token);
}
function replace($0, $1) {
  return $1 === "|" ? $1 : $0;
}

// node_modules/mdast-util-gfm-task-list-item/lib/index.js
function gfmTaskListItemFromMarkdown() {
  return {
    exit: {
      taskListCheckValueChecked: exitCheck,
      taskListCheckValueUnchecked: exitCheck,
      paragraph: exitParagraphWithTaskListItem
    }
  };
}
function exitCheck(token) {
  const node2 = this.stack[this.stack.length - 2];
  ok(node2.type === "listItem");
  node2.checked = token.type === "taskListCheckValueChecked";
}
function exitParagraphWithTaskListItem(token) {
  const parent = this.stack[this.stack.length - 2];
  if (parent && parent.type === "listItem" && typeof parent.checked === "boolean") {
    const node2 = this.stack[this.stack.length - 1];
    ok(node2.type === "paragraph");
    const head = node2.children[0];
    if (head && head.type === "text") {
      const siblings = parent.children;
      let index2 = -1;
      let firstParagraph;
      while (++index2 < siblings.length) {
        const sibling = siblings[index2];
        if (sibling.type === "paragraph") {
          firstParagraph = sibling;
          break;
        }
      }
      if (firstParagraph === node2) {
        head.value = head.value.slice(1);
        if (head.value.length === 0) {
          node2.children.shift();
        } else if (node2.position && head.position && typeof head.position.start.offset === "number") {
          head.position.start.column++;
          head.position.start.offset++;
          node2.position.start = { ...head.position.start };
        }
      }
    }
  }
  this.exit(token);
}

// node_modules/micromark-extension-gfm-table/lib/edit-map.js
var EditMap2 = class {
  /**
   * Create a new edit map.
   */
  constructor() {
    this.map = [];
    this.index = /* @__PURE__ */ new Map();
  }
  /**
   * Create an edit: a remove and/or add at a certain place.
   *
   * @param {number} index
   *   Index at which to apply the edit.
   * @param {number} remove
   *   Count of items to remove at the index.
   * @param {Array<Event>} add
   *   Items to add at the index.
   * @returns {undefined}
   *   Nothing.
   */
  add(index2, remove, add) {
    addImplementation2(this, index2, remove, add);
  }
  // To do: add this when moving to `micromark`.
  // /**
  //  * Create an edit: but insert `add` before existing additions.
  //  *
  //  * @param {number} index
  //  * @param {number} remove
  //  * @param {Array<Event>} add
  //  * @returns {undefined}
  //  */
  // addBefore(index, remove, add) {
  //   addImplementation(this, index, remove, add, true)
  // }
  /**
   * Done, change the events.
   *
   * @param {Array<Event>} events
   *   List of events to apply the edits to.
   * @returns {undefined}
   *   Nothing.
   */
  consume(events) {
    this.map.sort(function(a, b) {
      return a[0] - b[0];
    });
    if (this.map.length === 0) {
      return;
    }
    let index2 = this.map.length;
    const vecs = [];
    while (index2 > 0) {
      index2 -= 1;
      vecs.push(events.slice(this.map[index2][0] + this.map[index2][1]), this.map[index2][2]);
      events.length = this.map[index2][0];
    }
    vecs.push(events.slice());
    events.length = 0;
    let slice = vecs.pop();
    while (slice) {
      for (const element of slice) {
        events.push(element);
      }
      slice = vecs.pop();
    }
    this.map.length = 0;
    this.index.clear();
  }
};
function addImplementation2(editMap, at, remove, add) {
  if (remove === 0 && add.length === 0) {
    return;
  }
  const existing = editMap.index.get(at);
  if (existing) {
    existing[1] += remove;
    existing[2].push(...add);
    return;
  }
  const change = [at, remove, add];
  editMap.map.push(change);
  editMap.index.set(at, change);
}

// node_modules/micromark-extension-gfm-table/lib/infer.js
function gfmTableAlign(events, index2) {
  let inDelimiterRow = false;
  const align = [];
  while (index2 < events.length) {
    const event = events[index2];
    if (inDelimiterRow) {
      if (event[0] === "enter") {
        if (event[1].type === "tableContent") {
          align.push(events[index2 + 1][1].type === "tableDelimiterMarker" ? "left" : "none");
        }
      } else if (event[1].type === "tableContent") {
        if (events[index2 - 1][1].type === "tableDelimiterMarker") {
          const alignIndex = align.length - 1;
          align[alignIndex] = align[alignIndex] === "left" ? "center" : "right";
        }
      } else if (event[1].type === "tableDelimiterRow") {
        break;
      }
    } else if (event[0] === "enter" && event[1].type === "tableDelimiterRow") {
      inDelimiterRow = true;
    }
    index2 += 1;
  }
  return align;
}

// node_modules/micromark-extension-gfm-table/lib/syntax.js
function gfmTable() {
  return {
    flow: {
      null: {
        name: "table",
        tokenize: tokenizeTable,
        resolveAll: resolveTable
      }
    }
  };
}
function tokenizeTable(effects, ok2, nok) {
  const self = this;
  let size = 0;
  let sizeB = 0;
  let seen;
  return start;
  function start(code) {
    let index2 = self.events.length - 1;
    while (index2 > -1) {
      const {
        type
      } = self.events[index2][1];
      if (type === "lineEnding" || // Note: markdown-rs uses `whitespace` instead of `linePrefix`
      type === "linePrefix") {
        index2--;
      } else {
        break;
      }
    }
    const tail = index2 > -1 ? self.events[index2][1].type : null;
    const next = tail === "tableHead" || tail === "tableRow" ? bodyRowStart : headRowBefore;
    if (next === bodyRowStart && self.parser.lazy[self.now().line]) {
      return nok(code);
    }
    return next(code);
  }
  function headRowBefore(code) {
    effects.enter("tableHead");
    effects.enter("tableRow");
    return headRowStart(code);
  }
  function headRowStart(code) {
    if (code === 124) {
      return headRowBreak(code);
    }
    seen = true;
    sizeB += 1;
    return headRowBreak(code);
  }
  function headRowBreak(code) {
    if (code === null) {
      return nok(code);
    }
    if (markdownLineEnding(code)) {
      if (sizeB > 1) {
        sizeB = 0;
        self.interrupt = true;
        effects.exit("tableRow");
        effects.enter("lineEnding");
        effects.consume(code);
        effects.exit("lineEnding");
        return headDelimiterStart;
      }
      return nok(code);
    }
    if (markdownSpace(code)) {
      return factorySpace(effects, headRowBreak, "whitespace")(code);
    }
    sizeB += 1;
    if (seen) {
      seen = false;
      size += 1;
    }
    if (code === 124) {
      effects.enter("tableCellDivider");
      effects.consume(code);
      effects.exit("tableCellDivider");
      seen = true;
      return headRowBreak;
    }
    effects.enter("data");
    return headRowData(code);
  }
  function headRowData(code) {
    if (code === null || code === 124 || markdownLineEndingOrSpace(code)) {
      effects.exit("data");
      return headRowBreak(code);
    }
    effects.consume(code);
    return code === 92 ? headRowEscape : headRowData;
  }
  function headRowEscape(code) {
    if (code === 92 || code === 124) {
      effects.consume(code);
      return headRowData;
    }
    return headRowData(code);
  }
  function headDelimiterStart(code) {
    self.interrupt = false;
    if (self.parser.lazy[self.now().line]) {
      return nok(code);
    }
    effects.enter("tableDelimiterRow");
    seen = false;
    if (markdownSpace(code)) {
      return factorySpace(effects, headDelimiterBefore, "linePrefix", self.parser.constructs.disable.null.includes("codeIndented") ? void 0 : 4)(code);
    }
    return headDelimiterBefore(code);
  }
  function headDelimiterBefore(code) {
    if (code === 45 || code === 58) {
      return headDelimiterValueBefore(code);
    }
    if (code === 124) {
      seen = true;
      effects.enter("tableCellDivider");
      effects.consume(code);
      effects.exit("tableCellDivider");
      return headDelimiterCellBefore;
    }
    return headDelimiterNok(code);
  }
  function headDelimiterCellBefore(code) {
    if (markdownSpace(code)) {
      return factorySpace(effects, headDelimiterValueBefore, "whitespace")(code);
    }
    return headDelimiterValueBefore(code);
  }
  function headDelimiterValueBefore(code) {
    if (code === 58) {
      sizeB += 1;
      seen = true;
      effects.enter("tableDelimiterMarker");
      effects.consume(code);
      effects.exit("tableDelimiterMarker");
      return headDelimiterLeftAlignmentAfter;
    }
    if (code === 45) {
      sizeB += 1;
      return headDelimiterLeftAlignmentAfter(code);
    }
    if (code === null || markdownLineEnding(code)) {
      return headDelimiterCellAfter(code);
    }
    return headDelimiterNok(code);
  }
  function headDelimiterLeftAlignmentAfter(code) {
    if (code === 45) {
      effects.enter("tableDelimiterFiller");
      return headDelimiterFiller(code);
    }
    return headDelimiterNok(code);
  }
  function headDelimiterFiller(code) {
    if (code === 45) {
      effects.consume(code);
      return headDelimiterFiller;
    }
    if (code === 58) {
      seen = true;
      effects.exit("tableDelimiterFiller");
      effects.enter("tableDelimiterMarker");
      effects.consume(code);
      effects.exit("tableDelimiterMarker");
      return headDelimiterRightAlignmentAfter;
    }
    effects.exit("tableDelimiterFiller");
    return headDelimiterRightAlignmentAfter(code);
  }
  function headDelimiterRightAlignmentAfter(code) {
    if (markdownSpace(code)) {
      return factorySpace(effects, headDelimiterCellAfter, "whitespace")(code);
    }
    return headDelimiterCellAfter(code);
  }
  function headDelimiterCellAfter(code) {
    if (code === 124) {
      return headDelimiterBefore(code);
    }
    if (code === null || markdownLineEnding(code)) {
      if (!seen || size !== sizeB) {
        return headDelimiterNok(code);
      }
      effects.exit("tableDelimiterRow");
      effects.exit("tableHead");
      return ok2(code);
    }
    return headDelimiterNok(code);
  }
  function headDelimiterNok(code) {
    return nok(code);
  }
  function bodyRowStart(code) {
    effects.enter("tableRow");
    return bodyRowBreak(code);
  }
  function bodyRowBreak(code) {
    if (code === 124) {
      effects.enter("tableCellDivider");
      effects.consume(code);
      effects.exit("tableCellDivider");
      return bodyRowBreak;
    }
    if (code === null || markdownLineEnding(code)) {
      effects.exit("tableRow");
      return ok2(code);
    }
    if (markdownSpace(code)) {
      return factorySpace(effects, bodyRowBreak, "whitespace")(code);
    }
    effects.enter("data");
    return bodyRowData(code);
  }
  function bodyRowData(code) {
    if (code === null || code === 124 || markdownLineEndingOrSpace(code)) {
      effects.exit("data");
      return bodyRowBreak(code);
    }
    effects.consume(code);
    return code === 92 ? bodyRowEscape : bodyRowData;
  }
  function bodyRowEscape(code) {
    if (code === 92 || code === 124) {
      effects.consume(code);
      return bodyRowData;
    }
    return bodyRowData(code);
  }
}
function resolveTable(events, context) {
  let index2 = -1;
  let inFirstCellAwaitingPipe = true;
  let rowKind = 0;
  let lastCell = [0, 0, 0, 0];
  let cell = [0, 0, 0, 0];
  let afterHeadAwaitingFirstBodyRow = false;
  let lastTableEnd = 0;
  let currentTable;
  let currentBody;
  let currentCell;
  const map = new EditMap2();
  while (++index2 < events.length) {
    const event = events[index2];
    const token = event[1];
    if (event[0] === "enter") {
      if (token.type === "tableHead") {
        afterHeadAwaitingFirstBodyRow = false;
        if (lastTableEnd !== 0) {
          flushTableEnd(map, context, lastTableEnd, currentTable, currentBody);
          currentBody = void 0;
          lastTableEnd = 0;
        }
        currentTable = {
          type: "table",
          start: Object.assign({}, token.start),
          // Note: correct end is set later.
          end: Object.assign({}, token.end)
        };
        map.add(index2, 0, [["enter", currentTable, context]]);
      } else if (token.type === "tableRow" || token.type === "tableDelimiterRow") {
        inFirstCellAwaitingPipe = true;
        currentCell = void 0;
        lastCell = [0, 0, 0, 0];
        cell = [0, index2 + 1, 0, 0];
        if (afterHeadAwaitingFirstBodyRow) {
          afterHeadAwaitingFirstBodyRow = false;
          currentBody = {
            type: "tableBody",
            start: Object.assign({}, token.start),
            // Note: correct end is set later.
            end: Object.assign({}, token.end)
          };
          map.add(index2, 0, [["enter", currentBody, context]]);
        }
        rowKind = token.type === "tableDelimiterRow" ? 2 : currentBody ? 3 : 1;
      } else if (rowKind && (token.type === "data" || token.type === "tableDelimiterMarker" || token.type === "tableDelimiterFiller")) {
        inFirstCellAwaitingPipe = false;
        if (cell[2] === 0) {
          if (lastCell[1] !== 0) {
            cell[0] = cell[1];
            currentCell = flushCell(map, context, lastCell, rowKind, void 0, currentCell);
            lastCell = [0, 0, 0, 0];
          }
          cell[2] = index2;
        }
      } else if (token.type === "tableCellDivider") {
        if (inFirstCellAwaitingPipe) {
          inFirstCellAwaitingPipe = false;
        } else {
          if (lastCell[1] !== 0) {
            cell[0] = cell[1];
            currentCell = flushCell(map, context, lastCell, rowKind, void 0, currentCell);
          }
          lastCell = cell;
          cell = [lastCell[1], index2, 0, 0];
        }
      }
    } else if (token.type === "tableHead") {
      afterHeadAwaitingFirstBodyRow = true;
      lastTableEnd = index2;
    } else if (token.type === "tableRow" || token.type === "tableDelimiterRow") {
      lastTableEnd = index2;
      if (lastCell[1] !== 0) {
        cell[0] = cell[1];
        currentCell = flushCell(map, context, lastCell, rowKind, index2, currentCell);
      } else if (cell[1] !== 0) {
        currentCell = flushCell(map, context, cell, rowKind, index2, currentCell);
      }
      rowKind = 0;
    } else if (rowKind && (token.type === "data" || token.type === "tableDelimiterMarker" || token.type === "tableDelimiterFiller")) {
      cell[3] = index2;
    }
  }
  if (lastTableEnd !== 0) {
    flushTableEnd(map, context, lastTableEnd, currentTable, currentBody);
  }
  map.consume(context.events);
  index2 = -1;
  while (++index2 < context.events.length) {
    const event = context.events[index2];
    if (event[0] === "enter" && event[1].type === "table") {
      event[1]._align = gfmTableAlign(context.events, index2);
    }
  }
  return events;
}
function flushCell(map, context, range, rowKind, rowEnd, previousCell) {
  const groupName = rowKind === 1 ? "tableHeader" : rowKind === 2 ? "tableDelimiter" : "tableData";
  const valueName = "tableContent";
  if (range[0] !== 0) {
    previousCell.end = Object.assign({}, getPoint(context.events, range[0]));
    map.add(range[0], 0, [["exit", previousCell, context]]);
  }
  const now = getPoint(context.events, range[1]);
  previousCell = {
    type: groupName,
    start: Object.assign({}, now),
    // Note: correct end is set later.
    end: Object.assign({}, now)
  };
  map.add(range[1], 0, [["enter", previousCell, context]]);
  if (range[2] !== 0) {
    const relatedStart = getPoint(context.events, range[2]);
    const relatedEnd = getPoint(context.events, range[3]);
    const valueToken = {
      type: valueName,
      start: Object.assign({}, relatedStart),
      end: Object.assign({}, relatedEnd)
    };
    map.add(range[2], 0, [["enter", valueToken, context]]);
    if (rowKind !== 2) {
      const start = context.events[range[2]];
      const end = context.events[range[3]];
      start[1].end = Object.assign({}, end[1].end);
      start[1].type = "chunkText";
      start[1].contentType = "text";
      if (range[3] > range[2] + 1) {
        const a = range[2] + 1;
        const b = range[3] - range[2] - 1;
        map.add(a, b, []);
      }
    }
    map.add(range[3] + 1, 0, [["exit", valueToken, context]]);
  }
  if (rowEnd !== void 0) {
    previousCell.end = Object.assign({}, getPoint(context.events, rowEnd));
    map.add(rowEnd, 0, [["exit", previousCell, context]]);
    previousCell = void 0;
  }
  return previousCell;
}
function flushTableEnd(map, context, index2, table, tableBody) {
  const exits = [];
  const related = getPoint(context.events, index2);
  if (tableBody) {
    tableBody.end = Object.assign({}, related);
    exits.push(["exit", tableBody, context]);
  }
  table.end = Object.assign({}, related);
  exits.push(["exit", table, context]);
  map.add(index2 + 1, 0, exits);
}
function getPoint(events, index2) {
  const event = events[index2];
  const side = event[0] === "enter" ? "start" : "end";
  return event[1][side];
}

// node_modules/micromark-extension-gfm-task-list-item/lib/syntax.js
var tasklistCheck = {
  name: "tasklistCheck",
  tokenize: tokenizeTasklistCheck
};
function gfmTaskListItem() {
  return {
    text: {
      [91]: tasklistCheck
    }
  };
}
function tokenizeTasklistCheck(effects, ok2, nok) {
  const self = this;
  return open;
  function open(code) {
    if (
      // Exit if there’s stuff before.
      self.previous !== null || // Exit if not in the first content that is the first child of a list
      // item.
      !self._gfmTasklistFirstContentOfListItem
    ) {
      return nok(code);
    }
    effects.enter("taskListCheck");
    effects.enter("taskListCheckMarker");
    effects.consume(code);
    effects.exit("taskListCheckMarker");
    return inside;
  }
  function inside(code) {
    if (markdownLineEndingOrSpace(code)) {
      effects.enter("taskListCheckValueUnchecked");
      effects.consume(code);
      effects.exit("taskListCheckValueUnchecked");
      return close;
    }
    if (code === 88 || code === 120) {
      effects.enter("taskListCheckValueChecked");
      effects.consume(code);
      effects.exit("taskListCheckValueChecked");
      return close;
    }
    return nok(code);
  }
  function close(code) {
    if (code === 93) {
      effects.enter("taskListCheckMarker");
      effects.consume(code);
      effects.exit("taskListCheckMarker");
      effects.exit("taskListCheck");
      return after;
    }
    return nok(code);
  }
  function after(code) {
    if (markdownLineEnding(code)) {
      return ok2(code);
    }
    if (markdownSpace(code)) {
      return effects.check({
        tokenize: spaceThenNonSpace
      }, ok2, nok)(code);
    }
    return nok(code);
  }
}
function spaceThenNonSpace(effects, ok2, nok) {
  return factorySpace(effects, after, "whitespace");
  function after(code) {
    return code === null ? nok(code) : ok2(code);
  }
}

// src/core/plan/markdown-source.ts
var MARKDOWN_LIMITS = {
  /** Lines in all, those in fenced blocks too. */
  allLines: 6e4,
  characters: 256 * 1024,
  lines: 4e3,
  blankLines: 2e4,
  /** `>` and list markers that begin one line. */
  nesting: 8,
  /** Lines that begin with more than one such marker. */
  nestedLines: 200,
  /** Characters of indentation before a list marker. */
  listIndent: 40,
  pipes: 4e4,
  pipesPerLine: 200
};
var BLOCKS_ONLY = {
  disable: {
    null: [
      "attention",
      "autolink",
      "characterEscape",
      "characterReference",
      "codeText",
      "definition",
      "hardBreakEscape",
      "htmlText",
      "labelEnd",
      "labelStartImage",
      "labelStartLink",
      "setextUnderline"
    ]
  }
};
function parseMarkdown(source, problems) {
  const refusal = measureMarkdown(source.lines);
  if (refusal !== null) {
    problems.error(refusal.code, { line: refusal.line, column: 1 }, refusal.message);
    return null;
  }
  return fromMarkdown(source.text, {
    extensions: [gfmTable(), gfmTaskListItem(), BLOCKS_ONLY],
    mdastExtensions: [gfmTableFromMarkdown(), gfmTaskListItemFromMarkdown()]
  });
}
var FENCE_OPEN = /^(`{3,})[^`]*$|^(~{3,})/;
var MARKER = /^[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/;
var RULE = /^[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
function measureMarkdown(lines) {
  if (lines.length > MARKDOWN_LIMITS.allLines) {
    const message = `this Markdown has ${lines.length} lines; at most ${MARKDOWN_LIMITS.allLines} are read, write so large a plan as a .yml file`;
    return { code: "markdown-too-large", line: MARKDOWN_LIMITS.allLines, message };
  }
  const count = { characters: 0, lines: 0, blankLines: 0, nestedLines: 0, pipes: 0 };
  let fence = null;
  let html = null;
  for (const [index2, line] of lines.entries()) {
    if (fence !== null) {
      if (closesFence(line, fence)) fence = null;
      continue;
    }
    const open = html === null ? FENCE_OPEN.exec(line) : null;
    if (open !== null) {
      fence = open[1] ?? open[2] ?? null;
      continue;
    }
    html = followHtml(line, html);
    const refusal = weighLine(line, index2 + 1, count);
    if (refusal !== null) return refusal;
  }
  return null;
}
function closesFence(line, fence) {
  const match = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line);
  return match?.[1] !== void 0 && match[1].startsWith(fence);
}
function followHtml(line, open) {
  if (open !== null) return open.test(line) ? null : open;
  if (!/^ {0,3}</.test(line)) return null;
  for (const [begins, ends] of HTML_ENDS)
    if (begins.test(line)) return ends.test(line.replace(begins, "")) ? null : ends;
  return /^\s*$/;
}
var HTML_ENDS = [
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<(?:script|pre|style|textarea)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![A-Za-z]/, />/]
];
function weighLine(line, at, count) {
  const large = (what) => ({
    code: "markdown-too-large",
    line: at,
    message: `this Markdown has more than ${what} outside of fenced blocks; write so large a plan as YAML (a .yml file, or one block tagged 'espalier')`
  });
  if (line.trim() === "") {
    count.blankLines += 1;
    return count.blankLines > MARKDOWN_LIMITS.blankLines ? large(`${MARKDOWN_LIMITS.blankLines} blank lines`) : null;
  }
  count.lines += 1;
  count.characters += line.length;
  const pipes = line.split("|").length - 1;
  count.pipes += pipes;
  if (count.lines > MARKDOWN_LIMITS.lines) return large(`${MARKDOWN_LIMITS.lines} lines`);
  if (count.characters > MARKDOWN_LIMITS.characters) return large(`${MARKDOWN_LIMITS.characters} characters`);
  if (count.pipes > MARKDOWN_LIMITS.pipes || pipes > MARKDOWN_LIMITS.pipesPerLine)
    return large("the table cells that are read");
  return weighNesting(line, at, count);
}
function weighNesting(line, at, count) {
  const deep = (what) => ({
    code: "markdown-too-deep",
    line: at,
    message: `this Markdown nests too deeply: ${what}`
  });
  const indent = line.length - line.trimStart().length;
  let rest = line;
  let markers = 0;
  while (markers <= MARKDOWN_LIMITS.nesting && !RULE.test(rest)) {
    const marker = MARKER.exec(rest);
    if (marker === null) break;
    markers += 1;
    rest = rest.slice(marker[0].length);
  }
  if (markers > MARKDOWN_LIMITS.nesting)
    return deep(`more than ${MARKDOWN_LIMITS.nesting} '>' or list markers begin one line`);
  if (markers > 0 && indent > MARKDOWN_LIMITS.listIndent) return deep(`a list is indented by ${indent} characters`);
  if (markers > 1) count.nestedLines += 1;
  if (count.nestedLines > MARKDOWN_LIMITS.nestedLines) {
    return deep(`more than ${MARKDOWN_LIMITS.nestedLines} lines begin with several '>' or list markers`);
  }
  return null;
}

// src/core/commands/mail-quote.ts
var MAX_HEAD = 300;
function beginsMailQuote(lines, index2) {
  const line = headLine(lines[index2]);
  return isDivider(line) || isFromHeader(line, lines, index2) || isAttribution(line, lines, index2);
}
function isDivider(line) {
  return /^-{2,} ?(?:original message|forwarded message|original appointment) ?-{2,}$/i.test(line);
}
function isFromHeader(line, lines, index2) {
  if (!/^[*_]{0,2}From:/i.test(line)) return false;
  return lines.slice(index2 + 1, index2 + 4).some((next) => /^[*_]{0,2}(?:Sent|Date):/i.test(headLine(next)));
}
function isAttribution(line, lines, index2) {
  if (!/^On\s/.test(line)) return false;
  const next = headLine(lines[index2 + 1]);
  const taken = line.endsWith("wrote:") ? 1 : next.endsWith("wrote:") ? 2 : 0;
  if (taken === 0 || !/\d/.test(line)) return false;
  const below = lines.slice(index2 + taken).find((each) => each.trim() !== "");
  return below !== void 0 && !/^ {0,3}>/.test(below);
}
function headLine(line) {
  return line === void 0 || line.length > MAX_HEAD ? "" : line.trim();
}

// src/core/commands/find-said-lines.ts
var MAX_PARAGRAPH = 2e3;
var MAX_LOOKED_INTO = 8 * MAX_PARAGRAPH;
var SAID = { kind: "said" };
var NOT_SAID = { kind: "not-said" };
var IN_LONG_TEXT = {
  kind: "doubtful",
  because: "stands with so much text that it is not sure to be said rather than quoted; write it in a comment of its own"
};
var UNDER_QUOTE = {
  kind: "doubtful",
  because: "belongs to the quote above it, since no blank line stands between; put one there"
};
var BELOW_UNDERLINE = {
  kind: "doubtful",
  because: "stands right below a line of '='; put a blank line between"
};
var BELOW_FOOTNOTE = {
  kind: "doubtful",
  because: "stands below a footnote and may belong to it; write it in a comment of its own"
};
var BELOW_HTML = {
  kind: "doubtful",
  because: "stands below HTML that may hide it; write it in a comment of its own"
};
var INLINES_ONLY = {
  disable: {
    null: [
      "attention",
      "blockQuote",
      "characterReference",
      "codeFenced",
      "codeIndented",
      "headingAtx",
      "htmlFlow",
      "list",
      "setextUnderline",
      "thematicBreak"
    ]
  }
};
var ELEMENTS = "audio|blockquote|canvas|code|datalist|del|details|dialog|iframe|kbd|object|option|picture|pre|q|rp|s|samp|select|strike|template|tt|var|video";
var TAG = new RegExp(`<!--(?:-?>)?|-->|<(/?)(${ELEMENTS})(?=[\\s/>]|$)`, "gi");
var ELEMENT = new RegExp(`</?(?:${ELEMENTS})(?=[\\s/>]|$)`, "i");
var WHOLE_TAG = /^<(?:\/[a-z][a-z0-9-]*|[a-z][a-z0-9-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*\/?)\s*>$/i;
function findSaidLines(source, wanted) {
  const root = parseMarkdown(source, createProblemList(source));
  if (root === null) return null;
  const search2 = {
    source,
    wanted: new Set(wanted),
    found: /* @__PURE__ */ new Map(),
    open: /* @__PURE__ */ new Map(),
    mailQuoteLine: Infinity,
    footnoteLine: Infinity,
    doubt: null,
    charactersLeft: MAX_LOOKED_INTO
  };
  visitBlocks(root, search2, false);
  return search2.found;
}
function visitBlocks(parent, search2, isQuote) {
  for (const node2 of parent.children) {
    if (node2.type === "blockquote") visitBlocks(node2, search2, true);
    else if (node2.type === "list" || node2.type === "listItem") visitBlocks(node2, search2, isQuote);
    else if (isQuote) markLazyLines(node2, search2);
    else if (node2.type === "html") visitHtml(node2, search2);
    else if (node2.type === "paragraph" || node2.type === "heading" || node2.type === "table") visitText(node2, search2);
  }
}
function markLazyLines(node2, search2) {
  if (node2.type !== "paragraph") return;
  const isWanted = (line) => search2.wanted.has(line) && line < search2.mailQuoteLine;
  markDoubtful(linesOf(node2).filter(isWanted), UNDER_QUOTE, search2);
}
function visitHtml(node2, search2) {
  followTags(node2.value, search2);
  const rest = node2.value.replace(/<!--[\s\S]*?(?:-->|$)/g, "").replace(/<[^<>]*>/g, (tag) => WHOLE_TAG.test(tag) ? "" : tag);
  if (/<[a-z/!?]/i.test(rest)) search2.doubt ??= BELOW_HTML;
}
function visitText(node2, search2) {
  const lines = linesOf(node2);
  const start = node2.position?.start;
  const texts = lines.map((line) => {
    const text3 = search2.source.lines[line - 1] ?? "";
    return line === start?.line ? text3.slice(start.column - 1) : text3;
  });
  const isWanted = (line) => node2.type === "paragraph" && search2.wanted.has(line) && line < search2.mailQuoteLine;
  if (node2.type === "paragraph") followHeads(lines, search2);
  const wanted = lines.filter(isWanted);
  const underline = texts.findIndex((text3) => /^ {0,3}=+[ \t]*$/.test(text3));
  const end = underline < 0 ? lines.length : underline;
  const firstLine2 = lines[0] ?? 1;
  visitParagraph(
    { texts: texts.slice(0, end), firstLine: firstLine2, wanted: wanted.filter((line) => line < firstLine2 + end) },
    search2
  );
  if (underline < 0) return;
  markDoubtful(
    wanted.filter((line) => line > firstLine2 + end),
    BELOW_UNDERLINE,
    search2
  );
  if (ELEMENT.test(texts.slice(end).join("\n"))) search2.doubt ??= BELOW_HTML;
}
function followHeads(lines, search2) {
  for (const line of lines) {
    if (beginsMailQuote(search2.source.lines, line - 1)) search2.mailQuoteLine = Math.min(search2.mailQuoteLine, line);
    if (!/^ {0,3}\[\^[^\]\s]{1,200}\]:/.test(search2.source.lines[line - 1] ?? "")) continue;
    search2.footnoteLine = Math.min(search2.footnoteLine, line);
  }
}
function visitParagraph({ texts, firstLine: firstLine2, wanted }, search2) {
  const text3 = texts.join("\n");
  const hasTags = ELEMENT.test(text3);
  if (wanted.length === 0 && !hasTags) return;
  if (text3.length > MAX_PARAGRAPH || text3.length > search2.charactersLeft) {
    markDoubtful(wanted, IN_LONG_TEXT, search2);
    if (hasTags) search2.doubt ??= BELOW_HTML;
    return;
  }
  search2.charactersLeft -= text3.length;
  const starts = lineStarts(texts);
  const inlines = listInlines(text3);
  let next = 0;
  for (const line of wanted) {
    const at = starts[line - firstLine2] ?? 0;
    while (next < inlines.tags.length && (inlines.tags[next]?.at ?? 0) < at)
      followTags(inlines.tags[next++]?.text ?? "", search2);
    search2.found.set(line, standingOf({ text: text3, at, line }, inlines, search2));
  }
  for (const tag of inlines.tags.slice(next)) followTags(tag.text, search2);
}
function markDoubtful(lines, standing, search2) {
  if (!isInElement(search2)) for (const line of lines) search2.found.set(line, standing);
}
function standingOf({ text: text3, at, line }, inlines, search2) {
  if (isInElement(search2) || !inlines.plain.some(([start, end]) => start <= at && at < end)) return NOT_SAID;
  if ((text3.slice(0, at).split("~~").length - 1) % 2 === 1 && text3.includes("~~", at)) return NOT_SAID;
  if (line > search2.footnoteLine) return BELOW_FOOTNOTE;
  return search2.doubt ?? SAID;
}
function listInlines(text3) {
  const inlines = { plain: [], tags: [] };
  const root = fromMarkdown(text3, { extensions: [INLINES_ONLY] });
  for (const block of root.children) {
    if (block.type !== "paragraph") continue;
    for (const node2 of block.children) {
      if (node2.type === "text") inlines.plain.push([node2.position?.start.offset ?? 0, node2.position?.end.offset ?? 0]);
    }
    listTags(block, inlines);
  }
  return inlines;
}
function listTags(parent, inlines) {
  for (const node2 of parent.children) {
    if (node2.type === "html") inlines.tags.push({ at: node2.position?.start.offset ?? 0, text: node2.value });
    else if ("children" in node2) listTags(node2, inlines);
  }
}
function followTags(html, search2) {
  const { open } = search2;
  for (const [token, slash, name] of html.matchAll(TAG)) {
    const element = (name ?? "").toLowerCase();
    const depth = open.get(element) ?? 0;
    if (token === "-->") open.delete("!--");
    else if (open.has("!--")) continue;
    else if (token === "<!--") open.set("!--", 1);
    else if (element !== "") open.set(element, slash === "" ? depth + 1 : Math.max(0, depth - 1));
  }
}
function isInElement(search2) {
  return [...search2.open.values()].some((depth) => depth > 0);
}
function linesOf(node2) {
  const first = node2.position?.start.line ?? 1;
  const last = node2.position?.end.line ?? first;
  return Array.from({ length: last - first + 1 }, (_, index2) => first + index2);
}
function lineStarts(texts) {
  const starts = [];
  let offset = 0;
  for (const text3 of texts) {
    starts.push(offset + (text3.length - text3.trimStart().length));
    offset += text3.length + 1;
  }
  return starts;
}

// src/core/commands/command.ts
var common = { aliases: [], where: "both", needs: "anyone-with-write" };
var COMMANDS = [
  {
    ...common,
    name: "help",
    arguments: "none",
    summary: "Lists the commands.",
    examples: ["/espalier help"]
  },
  {
    ...common,
    name: "check",
    arguments: "none",
    where: "plan",
    summary: "Reads the plan and says what is wrong with it, and which rules of the repository stand in its way.",
    examples: ["/espalier check"]
  },
  {
    ...common,
    name: "run",
    arguments: "tasks",
    where: "plan",
    aliases: ["/parallel-execute", "/espalier parallel-execute"],
    summary: "Accepts the plan as it stands now and starts all its tasks, or only those that are named.",
    examples: ["/espalier run", "/espalier run api ui"]
  },
  {
    ...common,
    name: "status",
    arguments: "none",
    summary: "Says where every task stands, and what is waited for.",
    examples: ["/espalier status"]
  },
  {
    ...common,
    name: "why",
    arguments: "task",
    summary: "Explains why a task is where it is: its whole gate, and who must act next.",
    examples: ["/espalier why api"]
  },
  {
    ...common,
    name: "retry",
    arguments: "task",
    summary: "Gives a task that has failed or was cancelled a fresh start.",
    examples: ["/espalier retry api"]
  },
  {
    ...common,
    name: "cancel",
    arguments: "optional-task",
    summary: "Stops a task; on the issue and without a task, the whole plan.",
    examples: ["/espalier cancel api", "/espalier cancel"]
  },
  {
    ...common,
    name: "pause",
    arguments: "none",
    summary: "Starts and lands nothing more of the plan until it is resumed; what runs is left to end.",
    examples: ["/espalier pause"]
  },
  {
    ...common,
    name: "resume",
    arguments: "none",
    summary: "Goes on after a pause.",
    examples: ["/espalier resume"]
  },
  {
    ...common,
    name: "review",
    arguments: "task",
    aliases: ["/review"],
    summary: "Has the change of a task reviewed again.",
    examples: ["/espalier review api", "/review api"]
  },
  {
    ...common,
    name: "approve",
    arguments: "none",
    where: "plan",
    summary: "Accepts the plan as it stands now after its text was edited.",
    examples: ["/espalier approve"]
  },
  {
    ...common,
    name: "merge",
    arguments: "task",
    summary: "Looks at the gate of a task at once and lands its change if every rule passes; it overrules none.",
    examples: ["/espalier merge api"]
  },
  {
    ...common,
    name: "freeze",
    arguments: "reason",
    summary: "Lets nothing land on the plan's base branch, from any plan, until it is thawed.",
    examples: ["/espalier freeze", "/espalier freeze the release is being cut"]
  },
  {
    ...common,
    name: "thaw",
    arguments: "none",
    summary: "Ends a freeze.",
    examples: ["/espalier thaw"]
  },
  {
    ...common,
    name: "cleanup",
    arguments: "none",
    where: "plan",
    summary: "Deletes those branches of the plan that the clean-up rules no longer keep.",
    examples: ["/espalier cleanup"]
  }
];
function formatCommand(command) {
  const words = ["/espalier", command.kind];
  if (command.kind === "run") words.push(...command.tasks);
  else if (command.kind === "freeze") words.push(...command.reason.split(/\s+/));
  else if ("task" in command && command.task !== null) words.push(command.task);
  return words.filter((word) => word !== "").join(" ");
}
function describeUsage(spec, place) {
  const words = ["/espalier", spec.name, usageOfArguments(spec, place)];
  return words.filter((word) => word !== "").join(" ");
}
function usageOfArguments(spec, place) {
  switch (spec.arguments) {
    case "none":
      return "";
    case "task":
      return place === "plan" ? "<task>" : "[task]";
    case "optional-task":
      return "[task]";
    case "tasks":
      return "[task...]";
    case "reason":
      return "[reason...]";
  }
}

// src/core/commands/read-command-line.ts
var MAX_REASON_LENGTH = 200;
var MAX_NAMED_TASKS = 100;
var NAME = "espalier";
var PARALLEL_EXECUTE = "parallel-execute";
var FREEZE_USAGE = "/espalier freeze [reason...]";
var LATER = /* @__PURE__ */ new Set(["attempts", "pick"]);
var FIRST_WORDS = [NAME, ...COMMANDS.flatMap(({ aliases }) => aliases).map((alias) => alias.slice(1))].filter(
  (word) => !word.includes(" ")
);
var COMMAND_START = new RegExp(`^ {0,3}/(?:${FIRST_WORDS.join("|")})(?=\\s|$)`, "i");
function beginsAsCommand(line) {
  return line.includes("/") && COMMAND_START.test(dropHiddenCharacters(line));
}
function readCommandLine(line, place) {
  const hidden = findHiddenCharacter(line);
  if (hidden !== null) {
    const seen = readWords(splitWords(dropHiddenCharacters(line)), place);
    return refuse(
      `has a character that does not show (U+${hidden.toString(16).toUpperCase().padStart(4, "0")}); type it anew`,
      seen.ok ? showNearest(seen.command) : null
    );
  }
  return readWords(splitWords(line), place);
}
function findHiddenCharacter(line) {
  for (const character of line) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (character !== "	" && isHidden(codePoint)) return codePoint;
  }
  return null;
}
function splitWords(line) {
  return line.split(/\s+/).filter((word) => word !== "");
}
function readWords(words, place) {
  const first = lowerAscii(words[0] ?? "").slice(1);
  const [name, ...rest] = first === NAME ? words.slice(1) : [first, ...words.slice(1)];
  if (name === void 0) return refuse("names no command", "/espalier help");
  return readNamed(lowerAscii(name), rest, place);
}
function readNamed(name, rest, place) {
  if (LATER.has(name)) {
    return refuse(`asks for '${name}', which is not available yet: each task has one attempt at a time`, null);
  }
  const spec = findSpec(name);
  if (spec === null) return refuseUnknown(name, rest, place);
  if (spec.where !== "both" && spec.where !== place) {
    const there = spec.where === "plan" ? "the plan's issue" : "a task's pull request";
    return refuse(`asks for '${spec.name}', which is for ${there}; write it there`, null);
  }
  return name === PARALLEL_EXECUTE ? readParallelExecute(rest) : readArguments(spec, rest, place);
}
function findSpec(name) {
  const wanted = name === PARALLEL_EXECUTE ? "run" : name;
  return COMMANDS.find((spec) => spec.name === wanted) ?? null;
}
function refuseUnknown(name, rest, place) {
  const letters = /^[\x21-\x7e]*$/.test(name) ? "" : " (it has letters that are none of a-z)";
  const because = `asks for a command that there is not${letters}`;
  const names = [...COMMANDS.map((each) => each.name), PARALLEL_EXECUTE];
  const spec = findSpec(findNearestName(name, names) ?? "");
  if (spec === null || spec.where !== "both" && spec.where !== place) return refuse(because, null);
  const meant = readArguments(spec, rest, place);
  return refuse(because, meant.ok ? showNearest(meant.command) : describeUsage(spec, place));
}
function readArguments(spec, rest, place) {
  switch (spec.arguments) {
    case "none": {
      const command = { kind: spec.name };
      return rest.length === 0 ? { ok: true, command } : refuse(`says more after '${spec.name}', which takes nothing`, formatCommand(command));
    }
    case "task":
    case "optional-task":
      return readOneTask(spec, rest, place);
    case "tasks":
      return readTasks(rest);
    case "reason":
      return readReason(rest);
  }
}
function readOneTask(spec, rest, place) {
  const usage = describeUsage(spec, place);
  const [word] = rest;
  if (word === void 0) {
    const isOptional = spec.arguments === "optional-task" || place === "pull";
    return isOptional ? { ok: true, command: { kind: spec.name, task: null } } : refuse(`needs the id of a task here; on a task's pull request it may be left out`, usage);
  }
  const task = readTaskId(word);
  const guess = task.ok ? task : guessTaskId(word);
  const nearest = guess.ok ? formatCommand({ kind: spec.name, task: guess.value }) : usage;
  if (rest.length > 1) return refuse(`names more than one task, and '${spec.name}' takes one`, nearest);
  return task.ok ? { ok: true, command: { kind: spec.name, task: task.value } } : refuse(`has no task id after '${spec.name}': ${task.because}`, nearest);
}
function readTasks(words) {
  const tasks = /* @__PURE__ */ new Set();
  if (words.length > MAX_NAMED_TASKS) {
    return refuse(
      `names ${words.length} tasks; at most ${MAX_NAMED_TASKS} are read, and none means all`,
      "/espalier run"
    );
  }
  for (const word of words) {
    const task = readTaskId(word);
    if (!task.ok) return refuse(`has a word after 'run' that is no task id: ${task.because}`, nearestRun(words));
    tasks.add(task.value);
  }
  return { ok: true, command: { kind: "run", tasks: [...tasks] } };
}
function nearestRun(words) {
  const guesses = words.flatMap((word) => word.split(",")).filter((word) => word !== "").map(guessTaskId);
  const tasks = guesses.flatMap((guess) => guess.ok ? [guess.value] : []);
  const isWhole = tasks.length > 0 && tasks.length === guesses.length;
  return isWhole ? formatCommand({ kind: "run", tasks: [...new Set(tasks)] }) : "/espalier run [task...]";
}
function readParallelExecute(rest) {
  const [word, count, ...more] = rest;
  if (word === void 0) return refuse(`needs the id of a task after '${PARALLEL_EXECUTE}'`, "/espalier run <task>");
  const reading = readTasks([word]);
  if (!reading.ok || count === void 0) return reading;
  const nearest = formatCommand(reading.command);
  if (more.length > 0 || !/^[1-9]\d{0,3}$/.test(count)) {
    return refuse(`says more than a task and a whole number after '${PARALLEL_EXECUTE}'`, nearest);
  }
  if (count !== "1") return refuse(`asks for ${count} attempts at one task, which is not available yet`, nearest);
  return reading;
}
function readReason(words) {
  const reason = words.join(" ").toWellFormed();
  if (reason.length <= MAX_REASON_LENGTH) return { ok: true, command: { kind: "freeze", reason } };
  return refuse(`gives a reason of ${reason.length} characters; at most ${MAX_REASON_LENGTH} are read`, FREEZE_USAGE);
}
function showNearest(command) {
  return command.kind === "freeze" && command.reason !== "" ? FREEZE_USAGE : formatCommand(command);
}
function guessTaskId(word) {
  return readTaskId(slugify(word.slice(0, 200)));
}
function lowerAscii(text3) {
  return text3.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
function refuse(because, nearest) {
  return { ok: false, because, nearest };
}

// src/core/commands/read-commands.ts
var MAX_COMMENT_LENGTH = 65536;
var MAX_COMMANDS = 10;
var MAX_EXCERPT = 120;
function mayHoldCommands(body) {
  return body.includes("/") && readSourceText(body).lines.some(beginsAsCommand);
}
function readCommands(body, place) {
  if (!mayHoldCommands(body)) return [];
  const source = readSourceText(body);
  const candidates = source.lines.flatMap((line, index2) => beginsAsCommand(line) ? [index2 + 1] : []);
  const showLine = (line) => ({
    line,
    text: excerpt(source.lines[line - 1] ?? "")
  });
  const refuseAll = (because) => [
    { ...showLine(candidates[0] ?? 1), ok: false, because, nearest: null }
  ];
  if (isTooLong(body)) {
    return refuseAll(`stands in a comment of more than ${MAX_COMMENT_LENGTH} characters, which is not read`);
  }
  const standings = findSaidLines(source, candidates);
  if (standings === null) {
    return refuseAll(
      "stands in a comment with too many or too deeply nested lines to be read; write it in one of its own"
    );
  }
  const answered = candidates.filter((line) => (standings.get(line)?.kind ?? "not-said") !== "not-said");
  const readings = answered.slice(0, MAX_COMMANDS).map((line) => {
    const standing = standings.get(line);
    if (standing?.kind === "doubtful")
      return { ...showLine(line), ok: false, because: standing.because, nearest: null };
    return { ...showLine(line), ...readCommandLine(source.lines[line - 1] ?? "", place) };
  });
  const [further] = answered.slice(MAX_COMMANDS);
  if (further !== void 0) {
    readings.push({ ...showLine(further), ok: false, because: describeFurther(answered.length), nearest: null });
  }
  return readings;
}
function describeFurther(count) {
  const left = count - MAX_COMMANDS;
  const others = left === 1 ? "" : `, like the ${left - 1} after it`;
  return `is not read${others}: at most ${MAX_COMMANDS} commands of one comment are; write the rest in another`;
}
function isTooLong(body) {
  if (body.length <= MAX_COMMENT_LENGTH) return false;
  if (body.length > 2 * MAX_COMMENT_LENGTH) return true;
  const pairs = body.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0;
  return body.length - pairs > MAX_COMMENT_LENGTH;
}
function excerpt(line) {
  return escapeText(line.trim().replaceAll("`", "'"), MAX_EXCERPT);
}

// src/core/intake/unanswered-commands.ts
var COMMAND_LIVES_MS = 3 * 24 * 36e5;
var RUN_LABEL = "espalier:run";
var ANSWER = /^<!-- espalier:answer (\S+) -->/;
function findUnanswered(issues, nowMs) {
  return issues.filter(({ labels, comments }) => {
    const answered = new Set(comments.flatMap(({ isOwn, body }) => isOwn ? [ANSWER.exec(body)?.[1]] : []));
    const waits = ({ nodeId, body, createdAtMs, isOwn }) => !isOwn && nowMs - createdAtMs < COMMAND_LIVES_MS && !answered.has(nodeId) && readCommands(body, "plan").length > 0;
    return labels.some((label) => label.toLowerCase() === RUN_LABEL) || comments.some(waits);
  }).map(({ number }) => number);
}

// src/adapters/github/answer-shapes.ts
var objectName = external_exports.string().refine(isObjectName, "is not the name of a git object");
var CommitName = objectName.transform((name) => name);
var TreeName = objectName.transform((name) => name);
var Time = external_exports.string().transform((text3, context) => {
  const ms = Date.parse(text3);
  if (Number.isNaN(ms)) context.addIssue({ code: "custom", message: "is not a time" });
  return ms;
});
function nodesOf(node2) {
  return external_exports.array(node2.nullable()).transform((nodes) => nodes.filter((one2) => one2 !== null));
}
var KINDS = {
  User: "user",
  Bot: "bot",
  Organization: "organization",
  Mannequin: "mannequin"
};
var GHOST = { login: "ghost", kind: "unknown", id: null };
var Author = external_exports.object({ __typename: external_exports.string(), login: external_exports.string(), databaseId: external_exports.number().nullish() }).nullable().transform((actor) => {
  if (actor === null) return GHOST;
  const kind = KINDS[actor.__typename] ?? "unknown";
  const isBare = kind === "bot" && !actor.login.endsWith("[bot]");
  return { login: isBare ? `${actor.login}[bot]` : actor.login, kind, id: actor.databaseId ?? null };
});
var AUTHOR_FRAGMENT = `fragment Author on Actor {
  __typename
  login
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on Organization { databaseId }
  ... on Mannequin { databaseId }
}`;
var Commit = external_exports.object({ oid: CommitName, tree: external_exports.object({ oid: TreeName }) });

// src/adapters/github/graphql-document.ts
var GraphqlDocument = class {
  head;
  types = [];
  values = {};
  fragments = /* @__PURE__ */ new Set();
  selections = [];
  /** `name` stands in the document, so that its requests can be told apart in logs and tests. */
  constructor(kind, name) {
    this.head = `${kind} ${name}`;
  }
  /** Hands a value over; the answer stands for it in a selection. `type` is one of the schema, such as `ID!`. */
  variable(type, value) {
    const name = `v${this.types.length}`;
    this.types.push(`$${name}: ${type}`);
    this.values[name] = value;
    return `$${name}`;
  }
  /** Adds fields to the operation itself. */
  select(selection) {
    this.selections.push(selection);
  }
  /** Adds definitions of fragments, each once. */
  define(...fragments) {
    for (const fragment of fragments) this.fragments.add(fragment);
  }
  finish() {
    const variables = this.types.length === 0 ? "" : `(${this.types.join(", ")})`;
    const operation = `${this.head}${variables} {
${this.selections.join("\n")}
}`;
    return { document: [operation, ...this.fragments].join("\n"), variables: this.values };
  }
};

// src/adapters/github/list-plans.ts
var LEDGER_PREFIX = "refs/heads/espalier-ledger/";
var PLAN_LABEL = "espalier";
var PAGE_SIZE = 100;
var MAX_PAGES = 50;
var LIST_DOCUMENT = `query ListPlans($owner: String!, $name: String!, $prefix: String!, $after: String, $label: String!, $size: Int!, $since: DateTime!) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: $prefix, first: $size, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } }
    issues(labels: [$label], states: [OPEN], first: $size) { nodes { number } }
    recent: issues(states: [OPEN], filterBy: { since: $since }, orderBy: { field: UPDATED_AT, direction: DESC }, first: 50) {
      nodes {
        number
        labels(first: 20) { nodes { name } }
        comments(last: 20) { nodes { id body createdAt viewerDidAuthor } }
      }
    }
  }
}`;
var RecentIssues = external_exports.object({
  nodes: external_exports.array(
    external_exports.object({
      number: external_exports.number().int(),
      labels: external_exports.object({ nodes: external_exports.array(external_exports.object({ name: external_exports.string() })) }).nullable(),
      comments: external_exports.object({
        nodes: external_exports.array(external_exports.object({ id: external_exports.string(), body: external_exports.string(), createdAt: Time, viewerDidAuthor: external_exports.boolean() }))
      })
    })
  )
});
var ListAnswer = external_exports.object({
  repository: external_exports.object({
    refs: external_exports.object({
      nodes: external_exports.array(external_exports.object({ name: external_exports.string() })),
      pageInfo: external_exports.object({ hasNextPage: external_exports.boolean(), endCursor: external_exports.string().nullable() })
    }),
    issues: external_exports.object({ nodes: external_exports.array(external_exports.object({ number: external_exports.number().int() })) }),
    recent: RecentIssues
  }).nullable()
});
var StateAnswer = external_exports.object({
  repository: external_exports.record(external_exports.string(), external_exports.object({ state: external_exports.enum(["OPEN", "CLOSED"]) }).nullable()).nullable()
});
async function listOpenPlanIssues(client, repository, nowMs, signal) {
  const withLedger = /* @__PURE__ */ new Set();
  const open = /* @__PURE__ */ new Set();
  let after = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const data = await readListPage(client, repository, { after, nowMs }, signal);
    if (data.repository === null) return [];
    for (const { number } of data.repository.issues.nodes) open.add(number);
    for (const number of findUnanswered(data.repository.recent.nodes.map(toRecentIssue), nowMs)) open.add(number);
    for (const { name } of data.repository.refs.nodes) {
      const issue = issueOf(name.split("/").at(-1) ?? "");
      if (issue !== null) withLedger.add(issue);
    }
    const { pageInfo } = data.repository.refs;
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  const unknown = [...withLedger].filter((issue) => !open.has(issue));
  for (const issue of await keepOpen(client, repository, unknown, signal)) open.add(issue);
  return [...open].sort((a, b) => a - b);
}
function toRecentIssue({ number, labels, comments }) {
  return {
    number,
    labels: (labels?.nodes ?? []).map(({ name }) => name),
    comments: comments.nodes.map(({ id, body, createdAt, viewerDidAuthor }) => ({
      nodeId: id,
      body,
      createdAtMs: createdAt,
      isOwn: viewerDidAuthor
    }))
  };
}
async function readListPage(client, repository, { after, nowMs }, signal) {
  const since = new Date(nowMs - COMMAND_LIVES_MS).toISOString();
  const { data } = await client.graphql({
    kind: "query",
    document: LIST_DOCUMENT,
    variables: { ...repository, prefix: LEDGER_PREFIX, after, since, label: PLAN_LABEL, size: PAGE_SIZE },
    what: "Listing the plans of a repository",
    answer: ListAnswer,
    ...signal === void 0 ? {} : { signal }
  });
  return data;
}
async function keepOpen(client, repository, issues, signal) {
  const open = [];
  for (let from = 0; from < issues.length; from += PAGE_SIZE) {
    const part = issues.slice(from, from + PAGE_SIZE);
    const names = part.map((_, at) => `$n${at}: Int!`).join(", ");
    const fields = part.map((_, at) => `i${at}: issue(number: $n${at}) { state }`).join("\n    ");
    const { data } = await client.graphql({
      kind: "query",
      document: `query ListOpen($owner: String!, $name: String!, ${names}) {
  repository(owner: $owner, name: $name) {
    ${fields}
  }
}`,
      variables: { ...repository, ...Object.fromEntries(part.map((issue, at) => [`n${at}`, issue])) },
      what: "Reading which plans are open",
      answer: StateAnswer,
      ...signal === void 0 ? {} : { signal }
    });
    open.push(...part.filter((_, at) => data.repository?.[`i${at}`]?.state === "OPEN"));
  }
  return open;
}
var PullHeads = external_exports.object({
  repository: external_exports.record(external_exports.string(), external_exports.object({ headRefName: external_exports.string(), isCrossRepository: external_exports.boolean() }).nullable()).nullable()
});
async function readPullBranches(client, repository, pulls) {
  const document3 = new GraphqlDocument("query", "PullBranches");
  const [owner, name] = [document3.variable("String!", repository.owner), document3.variable("String!", repository.name)];
  const fields = pulls.map(
    (pull, at) => `p${at}: pullRequest(number: ${document3.variable("Int!", pull)}) { headRefName isCrossRepository }`
  );
  document3.select(`repository(owner: ${owner}, name: ${name}) {
${fields.join("\n")}
}`);
  const { data } = await client.graphql({
    kind: "query",
    ...document3.finish(),
    what: "Reading which branches pull requests are from",
    answer: PullHeads
  });
  return pulls.map((_, at) => {
    const found = data.repository?.[`p${at}`] ?? null;
    return found === null || found.isCrossRepository ? null : found.headRefName;
  });
}

// src/adapters/github/github-error.ts
var MAX_MESSAGE_LENGTH = 300;
var GitHubError = class extends Error {
  name = "GitHubError";
  ending;
  /** GitHub's own words, escaped and cut. */
  because;
  status;
  constructor(what, facts) {
    super(
      `${what} failed: ${facts.because}. ${nextStep(facts.ending)}`,
      facts.cause === void 0 ? void 0 : { cause: facts.cause }
    );
    this.ending = facts.ending;
    this.because = facts.because;
    this.status = facts.status ?? null;
  }
  /** Time may cure it. */
  get isTransient() {
    return this.ending.kind === "later";
  }
  /** What the installation may not do; `null` if that is not what is wrong. */
  get forbidden() {
    return this.ending.kind === "forbidden" ? { permission: this.ending.permission, because: this.because } : null;
  }
  /** Earliest time at which trying again makes sense, in milliseconds since the epoch; `null` if time cures nothing. */
  get notBeforeMs() {
    return this.ending.kind === "later" ? this.ending.notBeforeMs : null;
  }
};
function describeFailure(failure, secrets) {
  const said = cleanMessage(failure.message, secrets);
  if (failure.status !== null) return said === "" ? `status ${failure.status}` : `${said} (status ${failure.status})`;
  return failure.type === null ? said : `${said} (${cleanMessage(failure.type, [])})`;
}
function cleanMessage(text3, secrets) {
  const redacted = redactSecrets(text3.slice(0, 2e4), secrets);
  return escapeText(redacted.trim().replace(/[.\s]+$/, ""), MAX_MESSAGE_LENGTH);
}
function nextStep(ending) {
  switch (ending.kind) {
    case "later":
      return ending.isLimit ? `It is a limit; the same is worth trying again from ${new Date(ending.notBeforeMs).toISOString()} on.` : "Try the same again; see https://www.githubstatus.com if it repeats.";
    case "forbidden":
      return ending.permission === null ? "Compare the app's permissions with those that its manifest asks for." : `Accept the permission '${escapeText(ending.permission, 120)}' for the app's installation.`;
    case "elsewhere":
      return "Something moved meanwhile: look again.";
    case "gone":
      return "See whether it was deleted, moved, or taken out of what the app may see.";
    case "unauthorized":
      return "Compare the app's id and private key with those in its settings.";
    case "refused":
      return "The same again would be refused again.";
  }
}

// src/core/hosted/job-token.ts
var ACTIONS_LOGIN = "github-actions[bot]";
function hasJobToken({ login }) {
  return login === ACTIONS_LOGIN;
}
var MAY_OPEN_PULLS = "setting: create and approve pull requests";

// src/adapters/github/git-object-id.ts
import { createHash } from "node:crypto";
function blobId(bytes, like) {
  const hash = createHash(like.length === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

// src/adapters/github/read-blob.ts
var BLOB_FRAGMENT = "fragment Blob on Blob { oid byteSize isBinary isTruncated text }";
var Blob = external_exports.object({
  oid: external_exports.string(),
  byteSize: external_exports.number(),
  isBinary: external_exports.boolean().nullable(),
  isTruncated: external_exports.boolean(),
  text: external_exports.string().nullable()
});
var FileEntry = external_exports.object({ object: external_exports.union([Blob, external_exports.object({}).transform(() => null)]).nullable() }).nullable().transform((entry) => entry?.object ?? null);
var EncodedBlob = external_exports.object({ content: external_exports.string(), encoding: external_exports.string() });
async function readBlobBytes(blob, maxBytes, source) {
  if (blob.byteSize > maxBytes) return null;
  const inline = blob.text === null ? null : Buffer.from(blob.text, "utf8");
  if (inline !== null && blobId(inline, blob.oid) === blob.oid) return inline;
  return fetchBlob(blob.oid, source);
}
async function fetchBlob(oid, { client, owner, name }) {
  const { content: content3, encoding } = await client.rest({
    route: "GET /repos/{owner}/{repo}/git/blobs/{file_sha}",
    parameters: { owner, repo: name, file_sha: oid },
    what: `Reading the blob ${oid.slice(0, 12)}`,
    answer: EncodedBlob
  });
  const bytes = Buffer.from(content3, encoding === "base64" ? "base64" : "utf8");
  if (blobId(bytes, oid) === oid) return bytes;
  throw new Error(`GitHub gave other bytes than those of the blob ${oid}: look again.`);
}

// src/adapters/github/bounded-cache.ts
var BoundedCache = class {
  kept = /* @__PURE__ */ new Map();
  maxWeight;
  weigh;
  weight = 0;
  /** `weigh` says what one value counts; each counts 1 unless it is given. */
  constructor(maxWeight, weigh = () => 1) {
    this.maxWeight = maxWeight;
    this.weigh = weigh;
  }
  get(key) {
    const found = this.kept.get(key);
    if (found === void 0) return void 0;
    this.kept.delete(key);
    this.kept.set(key, found);
    return found.value;
  }
  set(key, value) {
    this.delete(key);
    const weight = this.weigh(value);
    if (weight > this.maxWeight) return;
    this.kept.set(key, { value, weight });
    this.weight += weight;
    for (const oldest of this.kept.keys()) {
      if (this.weight <= this.maxWeight) break;
      this.delete(oldest);
    }
  }
  delete(key) {
    const found = this.kept.get(key);
    if (found === void 0) return;
    this.kept.delete(key);
    this.weight -= found.weight;
  }
};

// src/adapters/github/read-pages.ts
var PAGE_SIZE2 = 100;
var MAX_PAGES2 = 1e3;
async function readPages(readPage, take, isEnough = () => false) {
  const all2 = [];
  let next = {};
  for (let pages = 0; next !== null && pages < MAX_PAGES2 && !isEnough(all2); pages += 1) {
    const page = await readPage(next);
    all2.push(...take(page.body));
    next = page.next;
  }
  return all2;
}

// src/adapters/github/base-rules.ts
var Method = external_exports.enum(["merge", "squash", "rebase"]);
var CheckRule = external_exports.object({
  required_status_checks: external_exports.array(external_exports.object({ context: external_exports.string(), integration_id: external_exports.number().nullish() })),
  strict_required_status_checks_policy: external_exports.boolean().optional()
});
var PullRule = external_exports.object({
  required_approving_review_count: external_exports.number().optional(),
  dismiss_stale_reviews_on_push: external_exports.boolean().optional(),
  require_last_push_approval: external_exports.boolean().optional(),
  require_code_owner_review: external_exports.boolean().optional(),
  allowed_merge_methods: external_exports.array(external_exports.string()).optional()
});
var ListedRule = external_exports.object({ type: external_exports.string(), parameters: external_exports.unknown().optional() });
var RefUpdateRule = external_exports.object({
  requiredApprovingReviewCount: external_exports.number().nullable(),
  requiredStatusCheckContexts: external_exports.array(external_exports.string().nullable()).nullable(),
  requiresCodeOwnerReviews: external_exports.boolean(),
  requiresLinearHistory: external_exports.boolean(),
  requiresSignatures: external_exports.boolean(),
  viewerCanPush: external_exports.boolean()
});
var BranchProtectionRule = external_exports.object({
  requiresStrictStatusChecks: external_exports.boolean(),
  requiresApprovingReviews: external_exports.boolean(),
  dismissesStaleReviews: external_exports.boolean(),
  requireLastPushApproval: external_exports.boolean(),
  requiredStatusChecks: external_exports.array(external_exports.object({ context: external_exports.string(), app: external_exports.object({ databaseId: external_exports.number().nullable() }).nullable() })).nullable()
});
var HARMLESS = /* @__PURE__ */ new Set(["creation", "deletion", "non_fast_forward"]);
var READ = /* @__PURE__ */ new Map([
  ["required_status_checks", CheckRule],
  ["pull_request", PullRule],
  ["merge_queue", external_exports.unknown()]
]);
function combineRules(listed, { methods, update, protection }) {
  const checkRules = parametersOf(listed, "required_status_checks", CheckRule);
  const pullRules = parametersOf(listed, "pull_request", PullRule);
  const isPullListed = listed.some(({ type }) => type === "pull_request");
  const needsOwners = pullRules.some((rule) => rule.require_code_owner_review === true) || update?.requiresCodeOwnerReviews === true;
  const approvals = Math.max(
    0,
    ...pullRules.map((rule) => rule.required_approving_review_count ?? 0),
    update?.requiredApprovingReviewCount ?? 0,
    // An owner's approval is one, where no number is asked for.
    needsOwners ? 1 : 0
  );
  return {
    requiredChecks: combineChecks(checkRules, update, protection),
    isStrict: checkRules.some((rule) => rule.strict_required_status_checks_policy === true) || protection?.requiresStrictStatusChecks === true,
    approvals,
    dismissesStaleReviews: pullRules.some((rule) => rule.dismiss_stale_reviews_on_push === true) || protection?.dismissesStaleReviews === true,
    requiresLastPushApproval: pullRules.some((rule) => rule.require_last_push_approval === true) || protection?.requireLastPushApproval === true,
    requiresPull: isPullListed || protection?.requiresApprovingReviews === true || approvals > 0,
    hasMergeQueue: listed.some(({ type }) => type === "merge_queue"),
    allowedMergeMethods: methods.filter(
      (method) => pullRules.every((rule) => rule.allowed_merge_methods?.includes(method) ?? true)
    ),
    otherRules: [.../* @__PURE__ */ new Set([...listOthers(listed), ...listOlder(update)])]
  };
}
function listOthers(listed) {
  return listed.filter(({ type, parameters }) => {
    const schema = READ.get(type);
    return schema === void 0 ? !HARMLESS.has(type) : !schema.safeParse(parameters).success;
  }).map(({ type }) => type);
}
function listOlder(update) {
  if (update === null) return [];
  return [
    ...update.viewerCanPush ? [] : ["restricted pushes"],
    ...update.requiresSignatures ? ["required_signatures"] : [],
    ...update.requiresLinearHistory ? ["required_linear_history"] : []
  ];
}
function parametersOf(listed, type, schema) {
  return listed.filter((rule) => rule.type === type).flatMap(({ parameters }) => {
    const parsed = schema.safeParse(parameters);
    return parsed.success ? [parsed.data] : [];
  });
}
function combineChecks(rules, update, protection) {
  const wanted = [
    ...rules.flatMap(
      (rule) => rule.required_status_checks.map(({ context, integration_id: id }) => ({ name: context, appId: id ?? null }))
    ),
    ...(protection?.requiredStatusChecks ?? []).map(({ context, app }) => ({
      name: context,
      appId: app?.databaseId ?? null
    })),
    ...(update?.requiredStatusCheckContexts ?? []).flatMap((name) => name === null ? [] : [{ name, appId: null }])
  ];
  const unique = new Map(wanted.map((check) => [JSON.stringify([check.name, check.appId]), check]));
  const ofApps = new Set(wanted.filter(({ appId }) => appId !== null).map(({ name }) => name));
  return [...unique.values()].filter(({ name, appId }) => appId !== null || !ofApps.has(name));
}
var KEPT_MS = 5 * 6e4;
function openListedRules(client, clock) {
  const kept = /* @__PURE__ */ new Map();
  return {
    async get({ owner, name }, base) {
      const known = kept.get(base);
      if (known !== void 0 && clock.now() - known.readAtMs < KEPT_MS) return known.rules;
      const readAtMs = clock.now();
      const rules = await readPages(
        (next) => client.restPage({
          route: "GET /repos/{owner}/{repo}/rules/branches/{branch}",
          parameters: { owner, repo: name, branch: base, per_page: PAGE_SIZE2, ...next },
          what: "Reading the rules of the base branch",
          answer: external_exports.array(ListedRule)
        }),
        (page) => page
      );
      kept.set(base, { rules, readAtMs });
      return rules;
    },
    forget: (base) => void kept.delete(base)
  };
}

// src/core/hosted/own-gate-check.ts
var GATE_CHECK = "espalier/gate";
function isOwnGate({ name, appId }, ownAppId) {
  return name === GATE_CHECK && (appId === null || appId === ownAppId);
}
function asksForGate({ requiredChecks }, ownAppId) {
  return requiredChecks.some((check) => isOwnGate(check, ownAppId));
}
function findOwnGate(checks, ownAppId) {
  return checks.find((check) => check.name === GATE_CHECK && check.appId === ownAppId) ?? null;
}
function planGateCheck(key, wanted, found, leases) {
  const { headSha, externalId } = wanted;
  if (found?.externalId === externalId) return null;
  const frame = { kind: "check-run", name: GATE_CHECK, ...wanted };
  if (found !== null && found.nodeId !== null) return { ...frame, key: `${key}.${externalId}`, nodeId: found.nodeId };
  return leases.take(`${key}.${headSha}`).granted ? { ...frame, key: `${key}.${headSha}`, nodeId: null } : null;
}

// src/adapters/github/read-comments.ts
var Comment = external_exports.object({
  id: external_exports.string(),
  author: Author,
  body: external_exports.string(),
  createdAt: Time,
  lastEditedAt: Time.nullable(),
  viewerDidAuthor: external_exports.boolean()
});
var COMMENT_FRAGMENT = `fragment Comment on IssueComment {
  id
  author { ...Author }
  body
  createdAt
  lastEditedAt
  viewerDidAuthor
}`;
var COMMENT_FRAGMENTS = [COMMENT_FRAGMENT, AUTHOR_FRAGMENT];
var BackwardPage = external_exports.object({ hasPreviousPage: external_exports.boolean(), startCursor: external_exports.string().nullable() });
var OLD_MS = 7 * 24 * 36e5;
function needsEarlierComments(page, comments, known) {
  if (!page.hasPreviousPage) return false;
  return comments.every(({ id, createdAt }) => !known.sources.has(id) && known.nowMs - createdAt < OLD_MS);
}
function toCommentFact(comment, thread, ownLogin) {
  const { id, author, body, createdAt, lastEditedAt, viewerDidAuthor } = comment;
  return {
    nodeId: id,
    thread,
    author,
    body,
    createdAtMs: createdAt,
    editedAtMs: lastEditedAt,
    isOwn: viewerDidAuthor || author.kind === "bot" && author.login === ownLogin
  };
}

// src/adapters/github/read-held-runs.ts
var SUITES_FIELD = "... on Commit { checkSuites(first: 30) { nodes { conclusion workflowRun { url workflow { name } } } } }";
var Suites = external_exports.object({
  nodes: nodesOf(
    external_exports.object({
      conclusion: external_exports.string().nullable(),
      workflowRun: external_exports.object({ url: external_exports.string(), workflow: external_exports.object({ name: external_exports.string() }) }).nullable()
    })
  )
}).nullish();
function toHeldRuns(suites) {
  return (suites?.nodes ?? []).flatMap(
    ({ conclusion, workflowRun }) => conclusion === "ACTION_REQUIRED" && workflowRun !== null ? [{ workflow: workflowRun.workflow.name, url: workflowRun.url }] : []
  );
}

// src/adapters/github/read-queue-removal.ts
var Removals = external_exports.object({
  nodes: nodesOf(
    external_exports.object({ __typename: external_exports.literal("RemovedFromMergeQueueEvent"), id: external_exports.string(), reason: external_exports.string().nullable() })
  )
});
var REMOVALS = `(last: 1, itemTypes: [REMOVED_FROM_MERGE_QUEUE_EVENT]) {
    nodes { __typename ... on RemovedFromMergeQueueEvent { id reason } }
  }`;
var REASONS = [
  [/conflict/i, "conflict"],
  [/time/i, "timed-out"],
  [/^(?:already_)?merged?$/i, "merged"],
  [/fail/i, "checks-failed"],
  [/^manual/i, "by-hand"]
];
function toQueueRemoval({ nodes }) {
  const last = nodes.at(-1);
  if (last === void 0) return null;
  const reason = REASONS.find(([pattern]) => pattern.test(last.reason ?? ""))?.[1] ?? "unknown";
  return { id: last.id, reason };
}

// src/adapters/github/read-pull.ts
var Check = external_exports.object({
  __typename: external_exports.literal("CheckRun"),
  id: external_exports.string(),
  name: external_exports.string(),
  status: external_exports.string(),
  conclusion: external_exports.string().nullable(),
  externalId: external_exports.string().nullable(),
  url: external_exports.string(),
  checkSuite: external_exports.object({ app: external_exports.object({ databaseId: external_exports.number().nullable() }).nullable() })
});
var Status = external_exports.object({
  __typename: external_exports.literal("StatusContext"),
  id: external_exports.string(),
  context: external_exports.string(),
  state: external_exports.string(),
  targetUrl: external_exports.string().nullable()
});
var RollupContext = external_exports.union([Check, Status]);
var Rollup = external_exports.object({
  contexts: external_exports.object({
    pageInfo: external_exports.object({ hasNextPage: external_exports.boolean(), endCursor: external_exports.string().nullable() }),
    nodes: nodesOf(RollupContext)
  })
}).nullable();
var Review = external_exports.object({
  __typename: external_exports.literal("PullRequestReview"),
  author: Author,
  authorCanPushToRepository: external_exports.boolean(),
  state: external_exports.string(),
  commit: external_exports.object({ oid: CommitName }).nullable(),
  submittedAt: Time.nullable()
});
var TimelineComment = Comment.extend({ __typename: external_exports.literal("IssueComment") });
var PullTimeline = external_exports.object({
  pageInfo: BackwardPage,
  nodes: nodesOf(external_exports.union([TimelineComment, Review]))
});
var Pull = external_exports.object({
  id: external_exports.string(),
  number: external_exports.number(),
  url: external_exports.string(),
  state: external_exports.enum(["OPEN", "CLOSED", "MERGED"]),
  isDraft: external_exports.boolean(),
  viewerDidAuthor: external_exports.boolean(),
  author: Author,
  headRefName: external_exports.string(),
  headRefOid: CommitName,
  baseRefName: external_exports.string(),
  body: external_exports.string(),
  labels: external_exports.object({ nodes: nodesOf(external_exports.object({ id: external_exports.string(), name: external_exports.string() })) }).nullable(),
  mergeable: external_exports.string(),
  mergeStateStatus: external_exports.string(),
  mergeCommit: Commit.nullable(),
  statusCheckRollup: Rollup,
  timelineItems: PullTimeline,
  mergeQueueEntry: external_exports.object({
    state: external_exports.string(),
    baseCommit: external_exports.object({ oid: CommitName }).nullable(),
    headCommit: external_exports.object({ oid: CommitName }).nullable()
  }).nullish(),
  queueRemovals: Removals.optional()
});
var CHECK_FRAGMENT = `fragment Checks on StatusCheckRollupContextConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    __typename
    ... on CheckRun { id name status conclusion externalId url checkSuite { app { databaseId } } }
    ... on StatusContext { id context state targetUrl }
  }
}`;
var REVIEW_FRAGMENT = `fragment Review on PullRequestReview {
  author { ...Author }
  authorCanPushToRepository
  state
  commit { oid }
  submittedAt
}`;
var TIMELINE_FRAGMENT = `fragment PullTimeline on PullRequestTimelineItemsConnection {
  pageInfo { hasPreviousPage startCursor }
  nodes {
    __typename
    ... on IssueComment { ...Comment }
    ... on PullRequestReview { ...Review }
  }
}`;
var CHECK_FRAGMENTS = [CHECK_FRAGMENT];
var REVIEW_FRAGMENTS = [REVIEW_FRAGMENT];
var TIMELINE_FRAGMENTS = [TIMELINE_FRAGMENT, ...REVIEW_FRAGMENTS];
var TIMELINE_TYPES = "[ISSUE_COMMENT, PULL_REQUEST_REVIEW]";
function pullFragment(hasMergeQueue) {
  const queue = hasMergeQueue ? `mergeQueueEntry { state baseCommit { oid } headCommit { oid } } queueRemovals: timelineItems${REMOVALS}` : "";
  return `fragment Pull on PullRequest {
  id number url state isDraft viewerDidAuthor
  author { ...Author }
  headRefName headRefOid baseRefName body
  labels(first: 100) { nodes { id name } }
  mergeable mergeStateStatus
  mergeCommit { oid tree { oid } }
  statusCheckRollup { contexts(first: 100) { ...Checks } }
  timelineItems(last: 100, itemTypes: ${TIMELINE_TYPES}) { ...PullTimeline }
  ${queue}
}`;
}
var MERGEABLE = { MERGEABLE: "yes", CONFLICTING: "no" };
var STATES = { OPEN: "open", CLOSED: "closed", MERGED: "merged" };
function toPullFact(pull, pages, ownLogin) {
  const { mergeCommit, mergeQueueEntry, queueRemovals } = pull;
  return {
    number: pull.number,
    nodeId: pull.id,
    url: pull.url,
    state: STATES[pull.state],
    isDraft: pull.isDraft,
    isOwn: pull.viewerDidAuthor || pull.author.kind === "bot" && pull.author.login === ownLogin,
    headBranch: pull.headRefName,
    headSha: pull.headRefOid,
    baseBranch: pull.baseRefName,
    body: pull.body,
    labels: (pull.labels?.nodes ?? []).map(({ name }) => name),
    mergeable: MERGEABLE[pull.mergeable] ?? "unknown",
    mergeState: pull.mergeStateStatus,
    mergeCommit: mergeCommit === null ? null : { sha: mergeCommit.oid, tree: mergeCommit.tree.oid },
    checks: pages.checks.map(toCheckFact),
    reviews: pickLatestReviews(pages.reviews),
    comments: pages.comments.map((comment) => toCommentFact(comment, pull.number, ownLogin)),
    queueEntry: mergeQueueEntry == null ? null : {
      state: mergeQueueEntry.state,
      baseSha: mergeQueueEntry.baseCommit?.oid ?? null,
      headSha: mergeQueueEntry.headCommit?.oid ?? null
    },
    ...queueRemovals === void 0 ? {} : { queueRemoval: toQueueRemoval(queueRemovals) }
  };
}
function toCheckFact(context) {
  if (context.__typename === "StatusContext") {
    const { id: id2, context: name2, state, targetUrl } = context;
    const isPending = state === "PENDING" || state === "EXPECTED";
    const status2 = state === "SUCCESS" ? "passed" : isPending ? "pending" : "not-passed";
    return { name: name2, appId: null, status: status2, conclusion: state, url: targetUrl, externalId: null, nodeId: id2 };
  }
  const { id, name, status, conclusion, externalId, url, checkSuite } = context;
  const isOver = status === "COMPLETED";
  return {
    name,
    appId: checkSuite.app?.databaseId ?? null,
    // Silence is no consent: only success itself has passed.
    status: !isOver ? "pending" : conclusion === "SUCCESS" ? "passed" : "not-passed",
    conclusion: isOver ? conclusion ?? "NONE" : status,
    url,
    externalId,
    nodeId: id
  };
}
var REVIEW_STATES = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  DISMISSED: "dismissed",
  COMMENTED: "commented"
};
function pickLatestReviews(reviews) {
  const latest = /* @__PURE__ */ new Map();
  for (const { author, authorCanPushToRepository: isByWriter, state: word, commit } of reviews.toSorted(
    (a, b) => (a.submittedAt ?? 0) - (b.submittedAt ?? 0)
  )) {
    const state = REVIEW_STATES[word];
    if (state === void 0) continue;
    const key = `${author.kind} ${author.login.toLowerCase()}`;
    if (state === "commented" && (latest.get(key) ?? { state }).state !== "commented") continue;
    latest.set(key, { author, isByWriter, state, commitSha: commit?.oid ?? null });
  }
  return [...latest.values()];
}

// src/adapters/github/read-merge-queue.ts
var Pull2 = external_exports.object({
  number: external_exports.number(),
  headRefName: external_exports.string(),
  headRefOid: CommitName,
  isCrossRepository: external_exports.boolean(),
  viewerDidAuthor: external_exports.boolean(),
  author: Author,
  statusCheckRollup: Rollup
});
var Head = Commit.extend({
  statusCheckRollup: Rollup,
  checkSuites: external_exports.object({ nodes: nodesOf(external_exports.object({ checkRuns: external_exports.object({ nodes: nodesOf(Check) }).nullable() })) }).nullable()
});
var MergeQueue = external_exports.object({
  entries: external_exports.object({
    nodes: nodesOf(
      external_exports.object({
        baseCommit: external_exports.object({ oid: CommitName }).nullable(),
        headCommit: Head.nullable(),
        pullRequest: Pull2.nullable()
      })
    )
  }).nullable()
}).nullable();
var BasePulls = external_exports.object({ nodes: nodesOf(Pull2) });
var MAX_ENTRIES = 30;
var MAX_PULLS = 50;
var BASE_PULL_FRAGMENT = `fragment BasePull on PullRequest {
  number headRefName headRefOid isCrossRepository viewerDidAuthor
  author { ...Author }
  statusCheckRollup { contexts(first: 100) { ...Checks } }
}`;
function selectEntries(appId) {
  return `{ entries(first: ${MAX_ENTRIES}) { nodes {
    baseCommit { oid }
    headCommit {
      oid tree { oid }
      statusCheckRollup { contexts(first: 100) { ...Checks } }
      checkSuites(first: 1, filterBy: { appId: ${appId} }) {
        nodes { checkRuns(first: 1, filterBy: { checkName: "${GATE_CHECK}", checkType: LATEST }) { nodes { ...OwnCheck } } }
      }
    }
    pullRequest { ...BasePull }
  } } }`;
}
var OWN_CHECK_FRAGMENT = `fragment OwnCheck on CheckRun {
  __typename id name status conclusion externalId url checkSuite { app { databaseId } }
}`;
function selectBasePulls(base) {
  return `(baseRefName: ${base}, states: [OPEN], first: ${MAX_PULLS}, orderBy: { field: UPDATED_AT, direction: DESC }) {
    nodes { ...BasePull }
  }`;
}
function toQueueEntries(queue, app) {
  return (queue?.entries?.nodes ?? []).flatMap(
    ({ baseCommit, headCommit, pullRequest }) => pullRequest === null ? [] : [
      {
        pull: toBasePull(pullRequest, app),
        baseSha: baseCommit?.oid ?? null,
        headSha: headCommit?.oid ?? null,
        headTree: headCommit?.tree.oid ?? null,
        checks: listChecks(headCommit, app)
      }
    ]
  );
}
function listChecks(head, app) {
  const own3 = (head?.checkSuites?.nodes ?? []).flatMap(({ checkRuns }) => checkRuns?.nodes ?? []).map(toCheckFact);
  const page = (head?.statusCheckRollup?.contexts.nodes ?? []).map(toCheckFact);
  return [...own3, ...page.filter(({ name, appId }) => name !== GATE_CHECK || appId !== app.id)];
}
function toBasePull(pull, app) {
  const { author, statusCheckRollup } = pull;
  const checks = (statusCheckRollup?.contexts.nodes ?? []).map(toCheckFact);
  const gate = checks.find(({ name, appId }) => name === GATE_CHECK && appId === app.id);
  const isWhole = statusCheckRollup?.contexts.pageInfo.hasNextPage !== true;
  return {
    number: pull.number,
    headSha: pull.headRefOid,
    headBranch: pull.headRefName,
    isOwn: pull.viewerDidAuthor || author.kind === "bot" && author.login === app.login,
    isForeign: pull.isCrossRepository,
    gate: gate ?? (isWhole ? null : "unknown")
  };
}

// src/adapters/github/observe-answer.ts
var Tip = external_exports.object({ target: external_exports.object({ oid: CommitName }).nullable() }).nullable();
var Labels = external_exports.object({ nodes: nodesOf(external_exports.object({ id: external_exports.string(), name: external_exports.string() })) }).nullable();
var LabelEvent = external_exports.object({
  __typename: external_exports.enum(["LabeledEvent", "UnlabeledEvent"]),
  id: external_exports.string(),
  createdAt: Time,
  actor: Author,
  label: external_exports.object({ name: external_exports.string() })
});
var CommentPage = external_exports.object({ pageInfo: BackwardPage, nodes: nodesOf(Comment) });
var Issue = external_exports.object({
  id: external_exports.string(),
  number: external_exports.number(),
  state: external_exports.enum(["OPEN", "CLOSED"]),
  title: external_exports.string(),
  body: external_exports.string(),
  lastEditedAt: Time.nullable(),
  labels: Labels,
  labelEvents: external_exports.object({ nodes: nodesOf(LabelEvent) }),
  comments: CommentPage
});
var ObservedRepository = external_exports.looseObject({
  id: external_exports.string(),
  databaseId: external_exports.number().nullable(),
  name: external_exports.string(),
  owner: external_exports.object({ login: external_exports.string() }),
  isArchived: external_exports.boolean(),
  mergeCommitAllowed: external_exports.boolean(),
  squashMergeAllowed: external_exports.boolean(),
  rebaseMergeAllowed: external_exports.boolean(),
  defaultBranchRef: external_exports.object({ name: external_exports.string() }).nullable(),
  ledger: Tip,
  queue: Tip.optional(),
  queues: external_exports.object({ nodes: nodesOf(external_exports.object({ name: external_exports.string(), target: external_exports.object({ oid: CommitName }).nullable() })) }).nullish(),
  labels: Labels,
  mergeQueue: MergeQueue.optional(),
  queueProbe: external_exports.object({ id: external_exports.string() }).nullish(),
  basePulls: BasePulls.optional(),
  issue: Issue.nullable(),
  base: external_exports.looseObject({
    name: external_exports.string(),
    target: external_exports.object({ oid: CommitName, config: FileEntry.optional() }).nullable(),
    refUpdateRule: RefUpdateRule.nullable(),
    branchProtectionRule: BranchProtectionRule.nullable()
  }).nullable()
});
var RunNode = external_exports.object({
  id: external_exports.string(),
  url: external_exports.string(),
  event: external_exports.string(),
  updatedAt: Time,
  file: external_exports.object({ path: external_exports.string() }).nullable(),
  checkSuite: external_exports.object({ status: external_exports.string(), conclusion: external_exports.string().nullable() })
}).nullable();
var ObserveAnswer = external_exports.looseObject({
  rateLimit: external_exports.object({ cost: external_exports.number(), limit: external_exports.number(), remaining: external_exports.number(), resetAt: Time }).nullable(),
  repository: ObservedRepository.nullable(),
  statusComment: external_exports.object({ id: external_exports.string(), body: external_exports.string(), lastEditedAt: Time.nullable() }).or(external_exports.object({}).transform(() => null)).nullish()
});
var PartAnswer = external_exports.object({
  repository: external_exports.looseObject({ id: external_exports.string(), base: external_exports.looseObject({}).nullish() }).nullable()
});
var TaskBranch = external_exports.object({
  target: external_exports.object({ oid: CommitName, checkSuites: Suites }).nullable(),
  associatedPullRequests: external_exports.object({ nodes: nodesOf(Pull) }).optional()
}).nullable();
var TaskPull = Pull.nullish();
var TrialBranch = external_exports.object({
  target: external_exports.object({
    oid: CommitName,
    tree: external_exports.object({ oid: TreeName }),
    parents: external_exports.object({ nodes: nodesOf(external_exports.object({ oid: CommitName })) })
  }).nullable()
}).nullable();
var ReceiptBranch = external_exports.object({
  target: external_exports.object({
    oid: CommitName,
    parents: external_exports.object({ nodes: nodesOf(Commit) }),
    receipt: FileEntry,
    evidence: FileEntry
  }).nullable()
}).nullable();
var LandingComparison = external_exports.object({ status: external_exports.string() }).nullish();
var LandingCommit = Commit.nullish();

// src/adapters/github/observe-pages.ts
var MAX_ROUNDS = 9;
async function readFurtherPages(issue, pulls, context) {
  const comments = issue?.comments.nodes ?? [];
  const wholes = pulls.map(openWhole);
  const first = [
    ...issue === null ? [] : [issueComments(issue.id, issue.comments.pageInfo, comments, context)],
    ...wholes.flatMap((whole) => [
      pullChecks(whole, whole.pull.statusCheckRollup),
      pullTimeline(whole, whole.pull.timelineItems, context),
      whole.pull.timelineItems.pageInfo.hasPreviousPage ? pullReviews(whole) : null
    ])
  ];
  let open = first.filter((list2) => list2 !== null);
  for (let round = 0; open.length > 0 && round < MAX_ROUNDS; round += 1) {
    const answers = await readRound(open, context.client);
    open = open.map((list2, index2) => list2.take(answers[index2])).filter((list2) => list2 !== null);
  }
  return { comments, pulls: wholes };
}
function openWhole(pull) {
  const whole = { pull, checks: [], comments: [], reviews: [] };
  whole.checks.push(...pull.statusCheckRollup?.contexts.nodes ?? []);
  takeTimeline(whole, pull.timelineItems);
  return whole;
}
async function readRound(lists, client) {
  const document3 = new GraphqlDocument("query", "ObserveFurther");
  for (const [index2, list2] of lists.entries()) document3.select(`f${index2}: ${list2.write(document3)}`);
  const { document: text3, variables } = document3.finish();
  const { data, errors } = await client.graphql({
    kind: "query",
    document: text3,
    variables,
    what: "Reading further pages of a plan",
    answer: external_exports.record(external_exports.string(), external_exports.unknown())
  });
  const broken = errors.find(({ failure }) => failure.type !== "NOT_FOUND");
  if (broken !== void 0) throw client.errorOf("Reading further pages of a plan", broken.failure);
  return lists.map((_, index2) => data[`f${index2}`]);
}
var IssuePage = external_exports.object({ comments: CommentPage }).nullable();
function issueComments(issueId, page, comments, context) {
  if (!needsEarlierComments(page, comments, { sources: context.knownSources, nowMs: context.nowMs })) return null;
  return {
    write(document3) {
      document3.define(...COMMENT_FRAGMENTS);
      const [id, before] = [document3.variable("ID!", issueId), document3.variable("String", page.startCursor)];
      return `node(id: ${id}) {
  ... on Issue {
    comments(last: 100, before: ${before}) { pageInfo { hasPreviousPage startCursor } nodes { ...Comment } }
  }
}`;
    },
    take(answer) {
      const next = IssuePage.parse(answer)?.comments;
      if (next === void 0) return null;
      comments.unshift(...next.nodes);
      return issueComments(issueId, next.pageInfo, comments, context);
    }
  };
}
var TimelinePage = external_exports.object({ timelineItems: PullTimeline }).nullable();
function pullTimeline(whole, { pageInfo }, context) {
  const known = { sources: context.knownSources, nowMs: context.nowMs };
  if (!needsEarlierComments(pageInfo, whole.comments, known)) return null;
  return {
    write(document3) {
      document3.define(...TIMELINE_FRAGMENTS, ...COMMENT_FRAGMENTS);
      const [id, before] = [document3.variable("ID!", whole.pull.id), document3.variable("String", pageInfo.startCursor)];
      return `node(id: ${id}) {
  ... on PullRequest { timelineItems(last: 100, before: ${before}, itemTypes: ${TIMELINE_TYPES}) { ...PullTimeline } }
}`;
    },
    take(answer) {
      const next = TimelinePage.parse(answer)?.timelineItems;
      if (next === void 0) return null;
      takeTimeline(whole, next);
      return pullTimeline(whole, next, context);
    }
  };
}
function takeTimeline(whole, { nodes }) {
  whole.comments.unshift(...nodes.filter((node2) => node2.__typename === "IssueComment"));
  whole.reviews.unshift(...nodes.filter((node2) => node2.__typename === "PullRequestReview"));
}
var ReviewPage = external_exports.object({ latestOpinionatedReviews: external_exports.object({ nodes: nodesOf(Review) }).nullable() }).nullable();
function pullReviews(whole) {
  return {
    write(document3) {
      document3.define(...REVIEW_FRAGMENTS, AUTHOR_FRAGMENT);
      return `node(id: ${document3.variable("ID!", whole.pull.id)}) {
  ... on PullRequest { latestOpinionatedReviews(first: 100) { nodes { __typename ...Review } } }
}`;
    },
    take(answer) {
      whole.reviews.unshift(...ReviewPage.parse(answer)?.latestOpinionatedReviews?.nodes ?? []);
      return null;
    }
  };
}
var CheckPage = external_exports.object({ statusCheckRollup: Rollup }).nullable();
function pullChecks(whole, rollup) {
  if (rollup === null || !rollup.contexts.pageInfo.hasNextPage) return null;
  const { endCursor } = rollup.contexts.pageInfo;
  return {
    write(document3) {
      document3.define(...CHECK_FRAGMENTS);
      const [id, after] = [document3.variable("ID!", whole.pull.id), document3.variable("String", endCursor)];
      return `node(id: ${id}) {
  ... on PullRequest { statusCheckRollup { contexts(first: 100, after: ${after}) { ...Checks } } }
}`;
    },
    take(answer) {
      const next = CheckPage.parse(answer)?.statusCheckRollup ?? null;
      whole.checks.push(...next?.contexts.nodes ?? []);
      return pullChecks(whole, next);
    }
  };
}

// src/adapters/github/observe-query.ts
var PART_SIZE = 25;
var MAX_NODES = 100;
var CONFIG_PATH = ".github/espalier.yml";
function splitQuery(query) {
  const longest = Math.max(query.tasks.length, query.trials.length, query.receipts.length, query.landings.length, 1);
  return Array.from({ length: Math.ceil(longest / PART_SIZE) }, (_, index2) => {
    const [from, to] = [index2 * PART_SIZE, (index2 + 1) * PART_SIZE];
    return {
      tasks: query.tasks.slice(from, to),
      trials: query.trials.slice(from, to),
      receipts: query.receipts.slice(from, to),
      landings: query.landings.slice(from, to)
    };
  });
}
function writeObserveQuery(query, part, context) {
  const document3 = new GraphqlDocument("query", "Observe");
  const ledger = refVariable(document3, branchFor({ kind: "ledger", plan: context.plan }));
  const fields = [
    "id databaseId name owner { login } isArchived",
    "mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed",
    "defaultBranchRef { name }",
    `ledger: ref(qualifiedName: ${ledger}) { target { oid } }`,
    queueField(document3, context.base),
    `labels(first: 50, query: ${document3.variable("String!", "espalier")}) { nodes { id name } }`,
    issueField(document3, query.issue),
    ...mergeQueueFields(document3, context),
    baseField(document3, context.base, part),
    ...partFields(document3, part, context)
  ];
  document3.select("rateLimit { cost limit remaining resetAt }");
  document3.select(repositoryField(document3, context, fields));
  selectStatusComment(document3, query.statusComment);
  selectRuns(document3, query.runs);
  return document3.finish();
}
function writePartQuery(part, context) {
  const document3 = new GraphqlDocument("query", "ObservePart");
  const base = part.landings.length === 0 ? [] : [baseField(document3, context.base, part)];
  document3.select(repositoryField(document3, context, ["id", ...base, ...partFields(document3, part, context)]));
  return document3.finish();
}
function repositoryField(document3, { owner, name }, fields) {
  const [ownerVariable, nameVariable] = [document3.variable("String!", owner), document3.variable("String!", name)];
  return `repository(owner: ${ownerVariable}, name: ${nameVariable}) {
${fields.join("\n")}
}`;
}
function refVariable(document3, branch) {
  return document3.variable("String!", `refs/heads/${branch}`);
}
function queueField(document3, base) {
  if (base === null)
    return `queues: refs(refPrefix: ${document3.variable("String!", "refs/heads/espalier-queue/")}, first: 100) {
  nodes { name target { oid } }
}`;
  return `queue: ref(qualifiedName: ${refVariable(document3, branchFor({ kind: "queue", base }))}) { target { oid } }`;
}
function mergeQueueFields(document3, { base, hasMergeQueue, asksForGate: asksForGate2, appId, isJobToken }) {
  const isQueueAsked = hasMergeQueue || !isJobToken;
  const name = base === null || !(isQueueAsked || asksForGate2) ? null : document3.variable("String!", base);
  const queue = `mergeQueue${name === null ? "" : `(branch: ${name})`}`;
  if (hasMergeQueue) document3.define(OWN_CHECK_FRAGMENT);
  if (hasMergeQueue || asksForGate2 && name !== null)
    document3.define(BASE_PULL_FRAGMENT, ...CHECK_FRAGMENTS, AUTHOR_FRAGMENT);
  const entries = hasMergeQueue ? `${queue} ${selectEntries(document3.variable("Int!", appId))}` : `queueProbe: ${queue} { id }`;
  return [
    ...isQueueAsked ? [entries] : [],
    ...asksForGate2 && name !== null ? [`basePulls: pullRequests${selectBasePulls(name)}`] : []
  ];
}
function baseField(document3, base, part) {
  const field = base === null ? "defaultBranchRef" : `ref(qualifiedName: ${refVariable(document3, base)})`;
  const landings = part.landings.map(
    ({ commitSha }, index2) => `l${index2}: compare(headRef: ${document3.variable("String!", commitSha)}) { status }`
  );
  document3.define(BLOB_FRAGMENT);
  return `base: ${field} {
  name
  target { oid ... on Commit { config: file(path: ${document3.variable("String!", CONFIG_PATH)}) { object { ...Blob } } } }
  refUpdateRule {
    requiredApprovingReviewCount requiredStatusCheckContexts requiresCodeOwnerReviews requiresLinearHistory
    requiresSignatures viewerCanPush
  }
  branchProtectionRule {
    requiresStrictStatusChecks requiresApprovingReviews dismissesStaleReviews requireLastPushApproval
    requiredStatusChecks { context app { databaseId } }
  }
  ${landings.join("\n")}
}`;
}
function issueField(document3, issue) {
  document3.define(...COMMENT_FRAGMENTS);
  return `issue(number: ${document3.variable("Int!", issue)}) {
  id number state title body lastEditedAt
  labels(first: 100) { nodes { id name } }
  labelEvents: timelineItems(last: 100, itemTypes: [LABELED_EVENT, UNLABELED_EVENT]) {
    nodes {
      __typename
      ... on LabeledEvent { id createdAt actor { ...Author } label { name } }
      ... on UnlabeledEvent { id createdAt actor { ...Author } label { name } }
    }
  }
  comments(last: 100) { pageInfo { hasPreviousPage startCursor } nodes { ...Comment } }
}`;
}
function partFields(document3, part, { hasMergeQueue, isJobToken }) {
  if (part.tasks.length > 0)
    document3.define(
      pullFragment(hasMergeQueue),
      ...TIMELINE_FRAGMENTS,
      ...COMMENT_FRAGMENTS,
      ...CHECK_FRAGMENTS,
      AUTHOR_FRAGMENT
    );
  if (part.receipts.length > 0) document3.define(BLOB_FRAGMENT);
  const target = isJobToken ? `oid ${SUITES_FIELD}` : "oid";
  return [
    ...part.tasks.map((task, index2) => taskFields(document3, index2, { ...task, target })),
    ...part.trials.map(
      ({ branch }, index2) => `r${index2}: ref(qualifiedName: ${refVariable(document3, branch)}) {
  target { ... on Commit { oid tree { oid } parents(first: 3) { nodes { oid } } } }
}`
    ),
    ...part.receipts.map(
      ({ branch }, index2) => `c${index2}: ref(qualifiedName: ${refVariable(document3, branch)}) {
  target {
    ... on Commit {
      oid
      parents(first: 1) { nodes { oid tree { oid } } }
      receipt: file(path: "receipt.json") { object { ...Blob } }
      evidence: file(path: "evidence.json") { object { ...Blob } }
    }
  }
}`
    ),
    ...part.landings.map(
      ({ commitSha }, index2) => `m${index2}: object(oid: ${document3.variable("GitObjectID!", commitSha)}) { ... on Commit { oid tree { oid } } }`
    )
  ];
}
function taskFields(document3, index2, { branch, pull, target }) {
  const found = pull === null ? "associatedPullRequests(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { ...Pull } }" : "";
  const known = pull === null ? "" : `p${index2}: pullRequest(number: ${document3.variable("Int!", pull)}) { ...Pull }`;
  return `t${index2}: ref(qualifiedName: ${refVariable(document3, branch)}) { target { ${target} } ${found} }
${known}`;
}
function selectStatusComment(document3, nodeId) {
  if (nodeId === null) return;
  document3.select(`statusComment: node(id: ${document3.variable("ID!", nodeId)}) {
  ... on IssueComment { id body lastEditedAt }
}`);
}
function selectRuns(document3, runs) {
  for (let from = 0; from < runs.length; from += MAX_NODES) {
    const ids = runs.slice(from, from + MAX_NODES).map(({ nodeId }) => nodeId);
    document3.select(`runs${from / MAX_NODES}: nodes(ids: ${document3.variable("[ID!]!", ids)}) {
  ... on WorkflowRun { id url event updatedAt file { path } checkSuite { status conclusion } }
}`);
  }
}

// src/adapters/github/read-issue.ts
function readIssueFact(issue, comments, ownLogin) {
  if (issue === null) return null;
  return {
    number: issue.number,
    nodeId: issue.id,
    isOpen: issue.state === "OPEN",
    title: issue.title,
    body: issue.body,
    editedAtMs: issue.lastEditedAt,
    labels: (issue.labels?.nodes ?? []).map(({ name }) => name),
    labelEvents: issue.labelEvents.nodes.filter(({ label }) => isOwnLabel(label.name)).map(toLabelEvent),
    comments: comments.map((comment) => toCommentFact(comment, issue.number, ownLogin))
  };
}
function isOwnLabel(name) {
  return name.toLowerCase().startsWith("espalier");
}
function toLabelEvent({ __typename, id, createdAt, actor, label }) {
  return { nodeId: id, label: label.name, isAdded: __typename === "LabeledEvent", actor, atMs: createdAt };
}
var CONCLUSIONS = {
  SUCCESS: "success",
  FAILURE: "failure",
  STARTUP_FAILURE: "failure",
  CANCELLED: "cancelled",
  TIMED_OUT: "timed-out"
};
var STATUSES = { COMPLETED: "completed", IN_PROGRESS: "running" };
function readRuns(answer, asked) {
  const runs = /* @__PURE__ */ new Map();
  for (const [index2, { nonce, runId }] of asked.entries()) {
    const nodes = external_exports.array(RunNode).optional().parse(answer[`runs${Math.floor(index2 / MAX_NODES)}`]) ?? [];
    const node2 = nodes[index2 % MAX_NODES] ?? null;
    if (node2 !== null) runs.set(nonce, toRunFact(node2, runId));
  }
  return runs;
}
function toRunFact(node2, id) {
  const status = STATUSES[node2.checkSuite.status] ?? "waiting";
  const isOfWorkflow = node2.file === null || node2.file.path.startsWith(".github/workflows/");
  return {
    id,
    nodeId: node2.id,
    url: node2.url,
    status,
    updatedAtMs: node2.updatedAt,
    conclusion: status === "completed" ? CONCLUSIONS[node2.checkSuite.conclusion ?? ""] ?? "other" : null,
    isGenuine: node2.event === "workflow_dispatch" && isOfWorkflow
  };
}
function readStatusComment({ statusComment }) {
  if (statusComment == null) return null;
  return { nodeId: statusComment.id, body: statusComment.body, editedAtMs: statusComment.lastEditedAt };
}

// src/adapters/github/read-part.ts
function readPart(part, repository, base) {
  const pulls = /* @__PURE__ */ new Map();
  const branches = /* @__PURE__ */ new Map();
  const heldRuns = /* @__PURE__ */ new Map();
  for (const [index2, { task }] of part.tasks.entries()) {
    const branch = TaskBranch.parse(repository[`t${index2}`]);
    const pull = TaskPull.parse(repository[`p${index2}`]) ?? branch?.associatedPullRequests?.nodes[0] ?? null;
    if (branch?.target != null) branches.set(task, branch.target.oid);
    const held = toHeldRuns(branch?.target?.checkSuites);
    if (held.length > 0) heldRuns.set(task, held);
    if (pull !== null) pulls.set(task, pull);
  }
  const trialBranches = /* @__PURE__ */ new Map();
  for (const [index2, { task }] of part.trials.entries()) {
    const target = TrialBranch.parse(repository[`r${index2}`])?.target ?? null;
    if (target === null) continue;
    const parents = target.parents.nodes.map(({ oid }) => oid);
    trialBranches.set(task, { tip: target.oid, tree: target.tree.oid, parents });
  }
  return { pulls, branches, heldRuns, trialBranches, ...readEnds(part, repository, base) };
}
function readEnds(part, repository, base) {
  const receipts = /* @__PURE__ */ new Map();
  for (const [index2, { key }] of part.receipts.entries()) {
    const target = ReceiptBranch.parse(repository[`c${index2}`])?.target ?? null;
    if (target !== null) receipts.set(key, target);
  }
  const landings = /* @__PURE__ */ new Map();
  for (const [index2, { commitSha, task }] of part.landings.entries()) {
    const comparison = LandingComparison.parse(base?.[`l${index2}`]);
    const commit = LandingCommit.parse(repository[`m${index2}`]);
    const isInBase = comparison?.status === "BEHIND" || comparison?.status === "IDENTICAL";
    landings.set(commitSha, { task, isInBase, tree: commit?.tree.oid ?? null });
  }
  return { receipts, landings };
}
function joinParts(parts) {
  return {
    pulls: new Map(parts.flatMap((part) => [...part.pulls])),
    branches: new Map(parts.flatMap((part) => [...part.branches])),
    heldRuns: new Map(parts.flatMap((part) => [...part.heldRuns])),
    trialBranches: new Map(parts.flatMap((part) => [...part.trialBranches])),
    receipts: new Map(parts.flatMap((part) => [...part.receipts])),
    landings: new Map(parts.flatMap((part) => [...part.landings]))
  };
}
function judgeLandings(landings, pulls) {
  return new Map(
    [...landings].map(([commitSha, { task, isInBase, tree }]) => {
      const pull = pulls.get(task);
      const merged = pull?.state === "merged" && pull.headSha === commitSha ? pull.mergeCommit : null;
      if (merged !== null) return [commitSha, { contained: true, tree: merged.tree, landedSha: merged.sha }];
      return [commitSha, { contained: isInBase, tree: isInBase ? tree : null, landedSha: isInBase ? commitSha : null }];
    })
  );
}

// src/adapters/github/read-permissions.ts
var MAX_LOOKUPS = 20;
var PermissionAnswer = external_exports.object({ permission: external_exports.string(), role_name: external_exports.string().nullish() });
var PERMISSIONS = /* @__PURE__ */ new Set(["admin", "maintain", "write", "triage", "read", "none"]);
async function readPermissions(seen, source) {
  const logins = new Set([...listSpeakers(seen, source.memory), ...seen.query.logins].map((one2) => one2.toLowerCase()));
  const asked = [...logins].filter(isLogin).slice(0, MAX_LOOKUPS);
  const found = await Promise.all(asked.map(async (login) => [login, await readPermission(login, source)]));
  return new Map(found.flatMap(([login, permission]) => permission === null ? [] : [[login, permission]]));
}
function listSpeakers({ issue, pulls, query, app }, memory) {
  const isNew = (nodeId, speaker) => !query.knownSources.has(nodeId) && speaker.kind === "user";
  const said = [...issue?.comments ?? [], ...[...pulls.values()].flatMap((pull) => pull.comments)].filter((comment) => isNew(comment.nodeId, comment.author) && !comment.isOwn && comment.editedAtMs === null).filter((comment) => holdsCommand(comment, comment.thread === issue?.number, memory)).map(({ author, createdAtMs }) => ({ login: author.login, atMs: createdAtMs }));
  const labelled = (issue?.labelEvents ?? []).filter(({ nodeId, actor }) => isNew(nodeId, actor) && actor.login !== app.login).map(({ actor, atMs }) => ({ login: actor.login, atMs }));
  return [...said, ...labelled].toSorted((a, b) => a.atMs - b.atMs).map(({ login }) => login);
}
function holdsCommand(comment, isOnPlan, memory) {
  const known = memory.commandMarks.get(comment.nodeId);
  if (known !== void 0) return known;
  const holds = readCommands(comment.body, isOnPlan ? "plan" : "pull").length > 0;
  memory.commandMarks.set(comment.nodeId, holds);
  return holds;
}
function isLogin(login) {
  return /^[a-z\d](?:[a-z\d_-]{0,100})$/.test(login);
}
async function readPermission(login, { client, memory }) {
  try {
    const { permission, role_name: role } = await client.rest({
      route: "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
      parameters: { owner: memory.address.owner, repo: memory.address.name, username: login },
      what: "Reading the permission of a person",
      answer: PermissionAnswer
    });
    const name = [role ?? "", permission].find((one2) => PERMISSIONS.has(one2));
    return name ?? "none";
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.ending.kind === "gone") return "none";
    if (error.isTransient) return null;
    throw error;
  }
}

// src/adapters/github/read-receipts.ts
import { createHash as createHash2 } from "node:crypto";
var MAX_RECEIPT_BYTES = 64 * 1024;
var MAX_EVIDENCE_BYTES = 8 * 1024 * 1024;
var Artifacts = external_exports.object({
  artifacts: external_exports.array(external_exports.object({ name: external_exports.string(), digest: external_exports.string().nullish(), expired: external_exports.boolean() }))
});
async function readReceipts(found, asked, source) {
  const facts = /* @__PURE__ */ new Map();
  for (const { key, runId, artifact } of asked) {
    const target = found.get(key);
    if (target === void 0) continue;
    facts.set(key, await readReceipt(target, await findArtifacts(runId, artifact, source), source));
  }
  return facts;
}
async function readReceipt(target, artifacts, { client, memory }) {
  const [parent] = target.parents.nodes;
  const { receipt, evidence } = target;
  const from = { client, owner: memory.address.owner, name: memory.address.name };
  const receiptBytes = receipt === null ? null : await readBlobBytes(receipt, MAX_RECEIPT_BYTES, from);
  const evidenceBytes = evidence === null ? null : await readBlobBytes(evidence, MAX_EVIDENCE_BYTES, from);
  return {
    commitSha: target.oid,
    head: parent === void 0 ? null : { sha: parent.oid, tree: parent.tree.oid },
    receipt: receiptBytes === null ? "" : decode2(receiptBytes),
    evidence: evidenceBytes === null ? null : decode2(evidenceBytes),
    evidenceDigest: evidenceBytes === null ? null : createHash2("sha256").update(evidenceBytes).digest("hex"),
    artifacts
  };
}
function decode2(bytes) {
  return new TextDecoder().decode(bytes);
}
async function findArtifacts(runId, wanted, { client, memory }) {
  const known = memory.artifacts.get(runId);
  if (known?.has(wanted) === true) return known;
  try {
    const listed = await listArtifacts(runId, { client, memory });
    memory.artifacts.set(runId, listed);
    return listed;
  } catch (error) {
    if (error instanceof GitHubError && (error.isTransient || error.ending.kind === "gone")) return null;
    throw error;
  }
}
async function listArtifacts(runId, { client, memory }) {
  const digests = await readPages(
    (next) => client.restPage({
      route: "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
      parameters: {
        owner: memory.address.owner,
        repo: memory.address.name,
        run_id: runId,
        per_page: PAGE_SIZE2,
        ...next
      },
      what: `Listing the artifacts of run ${runId}`,
      answer: Artifacts
    }),
    ({ artifacts }) => artifacts.flatMap(({ name, digest }) => {
      const hex = /^sha256:([0-9a-f]{64})$/.exec(digest ?? "")?.[1];
      return hex === void 0 ? [] : [[name, hex]];
    })
  );
  return new Map(digests);
}

// src/adapters/github/observe.ts
var WHAT = "Reading a plan from GitHub";
var MAX_CONFIG_BYTES = 1024 * 1024;
var REPEATS_BEFORE_SPLIT = 1;
async function observePlan(parts, query, plan) {
  const { client, clock, memory } = parts;
  const readAtMs = clock.now();
  const app = await parts.readApp();
  const guess = query.base ?? memory.defaultBranch;
  const guessed = guess === null ? [] : await listRules(parts, guess);
  const isJobToken = hasJobToken(app);
  const context = guessContext(parts, guessed, { guess, base: query.base, plan, appId: app.id, isJobToken });
  const { answer, repository, reading } = await readAnswer(parts, query, context);
  const defaultBranch = checkBranch(repository.defaultBranchRef?.name);
  memory.defaultBranch = defaultBranch;
  const base = query.base ?? defaultBranch;
  const listed = base === guess ? guessed : await listRules(parts, base);
  const rules = readRules(repository, listed, isJobToken);
  memory.lastBase = { base, hasMergeQueue: rules.hasMergeQueue, asksForGate: asksForGate(rules, app.id) };
  if (rules.hasMergeQueue && rules.isQueueHidden !== true && !context.hasMergeQueue)
    return observePlan(parts, query, plan);
  const known = { knownSources: query.knownSources, nowMs: readAtMs };
  const pages = await readFurtherPages(repository.issue, [...reading.pulls.values()], { client, ...known });
  rememberNodes(memory, repository, pages.pulls);
  const pulls = readPulls(reading, pages.pulls, app.login);
  const issue = readIssueFact(repository.issue, pages.comments, app.login);
  const facts = {
    readAtMs,
    repository: { ...memory.address, nodeId: repository.id, isArchived: repository.isArchived, defaultBranch },
    app,
    base: { branch: base, tip: repository.base?.target?.oid ?? null },
    rules,
    configText: await readConfig(parts, repository),
    issue,
    ...readQueue(repository, context, app),
    pulls,
    branches: reading.branches,
    ...isJobToken ? { heldRuns: reading.heldRuns } : {},
    trialBranches: reading.trialBranches,
    runs: readRuns(answer, query.runs),
    receipts: await readReceipts(reading.receipts, query.receipts, parts),
    landed: judgeLandings(reading.landings, pulls),
    statusComment: readStatusComment(answer),
    permissions: await readPermissions({ issue, pulls, query, app }, parts),
    quota: client.quota()
  };
  return { facts, version: { plan: repository.ledger?.target?.oid ?? null, queue: findQueueTip(repository, base) } };
}
function guessContext({ memory }, guessed, { guess, ...asked }) {
  const { owner, name } = memory.address;
  const rules = combineRules(guessed, NO_CONTEXT);
  const remembered = memory.lastBase?.base === guess ? memory.lastBase : null;
  return {
    owner,
    name,
    ...asked,
    hasMergeQueue: !asked.isJobToken && (remembered?.hasMergeQueue === true || rules.hasMergeQueue),
    asksForGate: remembered?.asksForGate === true || asksForGate(rules, asked.appId)
  };
}
function readQueue({ mergeQueue, basePulls }, { hasMergeQueue }, app) {
  return {
    ...hasMergeQueue ? { mergeQueue: toQueueEntries(mergeQueue ?? null, app) } : {},
    ...basePulls === void 0 ? {} : { basePulls: basePulls.nodes.map((pull) => toBasePull(pull, app)) }
  };
}
async function readAnswer(parts, query, context) {
  const split = splitQuery(query);
  try {
    return await readFirst(parts, query, query, context);
  } catch (error) {
    const isTooMuch = error instanceof GitHubError && error.ending.kind === "later" && !error.ending.isLimit;
    if (!isTooMuch || split.length === 1) throw error;
  }
  const [first, ...rest] = split;
  const begun = await readFirst(parts, query, first ?? query, context);
  const readings = [begun.reading];
  for (const part of rest) {
    const { data, errors } = await parts.client.graphql({
      kind: "query",
      ...writePartQuery(part, context),
      what: WHAT,
      answer: PartAnswer
    });
    refuseHoles(parts.client, errors);
    if (data.repository?.id !== begun.repository.id) throw goneError("it changed while it was read");
    readings.push(readPart(part, data.repository, data.repository.base ?? null));
  }
  return { ...begun, reading: joinParts(readings) };
}
async function readFirst({ client, memory }, query, part, context) {
  const { data: answer, errors } = await client.graphql({
    kind: "query",
    ...writeObserveQuery(query, part, context),
    what: WHAT,
    answer: ObserveAnswer,
    maxRepeats: REPEATS_BEFORE_SPLIT
  });
  refuseHoles(client, errors);
  const repository = takeRepository(memory, answer.repository);
  return { answer, repository, reading: readPart(part, repository, repository.base) };
}
var DISPENSABLE = /* @__PURE__ */ new Set(["refUpdateRule", "branchProtectionRule", "queueProbe"]);
function refuseHoles(client, errors) {
  const hole = errors.find(
    ({ failure, path }) => failure.type !== "NOT_FOUND" && !path.some((name) => DISPENSABLE.has(name))
  );
  if (hole !== void 0) throw client.errorOf(WHAT, hole.failure);
}
function takeRepository(memory, found) {
  if (found === null) throw goneError("it is not there for this installation: deleted, or taken out of its reach");
  const { id } = memory.address;
  if (found.databaseId !== id) throw goneError(`another repository stands under its name (${found.databaseId})`);
  Object.assign(memory, { nodeId: found.id, address: { id, owner: found.owner.login, name: found.name } });
  return found;
}
function goneError(because) {
  return new GitHubError("Reading a repository", { ending: { kind: "gone" }, because });
}
function checkBranch(name) {
  const refuse2 = (because) => new GitHubError(WHAT, { ending: { kind: "refused" }, because });
  if (name === void 0) throw refuse2("the repository has no branch yet: it needs a first commit");
  const checked = readBranchName(name);
  if (checked.ok) return checked.value;
  throw refuse2(`the default branch ${quoteText(name)} cannot be used, since ${checked.because}`);
}
async function listRules({ rules, memory }, base) {
  try {
    return await rules.get(memory.address, base);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.ending.kind === "gone" || /upgrade to github/i.test(error.because)) return [];
    throw error;
  }
}
function readRules(repository, listed, isJobToken) {
  const { mergeCommitAllowed, squashMergeAllowed, rebaseMergeAllowed, base } = repository;
  const rules = combineRules(listed, {
    methods: [
      ...mergeCommitAllowed ? ["merge"] : [],
      ...squashMergeAllowed ? ["squash"] : [],
      ...rebaseMergeAllowed ? ["rebase"] : []
    ],
    update: base?.refUpdateRule ?? null,
    protection: base?.branchProtectionRule ?? null
  });
  const hasMergeQueue = rules.hasMergeQueue || (repository.mergeQueue ?? repository.queueProbe ?? null) !== null;
  return { ...rules, hasMergeQueue, ...hasMergeQueue && isJobToken ? { isQueueHidden: true } : {} };
}
var NO_CONTEXT = { methods: [], update: null, protection: null };
async function readConfig({ client, memory }, { base }) {
  const blob = base?.target?.config ?? null;
  if (blob === null) return null;
  const { owner, name } = memory.address;
  const bytes = await readBlobBytes(blob, MAX_CONFIG_BYTES, { client, owner, name });
  if (bytes !== null) return new TextDecoder().decode(bytes);
  throw new GitHubError("Reading the configuration", {
    ending: { kind: "refused" },
    because: `the file has ${blob.byteSize} bytes, and at most ${MAX_CONFIG_BYTES} are read`
  });
}
function readPulls(reading, wholes, ownLogin) {
  const tasks = [...reading.pulls.keys()];
  return new Map(
    wholes.flatMap((whole, index2) => {
      const task = tasks[index2];
      return task === void 0 ? [] : [[task, toPullFact(whole.pull, whole, ownLogin)]];
    })
  );
}
function findQueueTip(repository, base) {
  if (repository.queue !== void 0) return repository.queue?.target?.oid ?? null;
  const lastPart = (name) => name.slice(name.lastIndexOf("/") + 1);
  const wanted = lastPart(branchFor({ kind: "queue", base }));
  return repository.queues?.nodes.find(({ name }) => lastPart(name) === wanted)?.target?.oid ?? null;
}
function rememberNodes(memory, repository, pulls) {
  const { issue, labels } = repository;
  if (issue !== null) memory.threadIds.set(issue.number, issue.id);
  for (const { pull } of pulls) memory.threadIds.set(pull.number, pull.id);
  const lists = [labels, issue?.labels ?? null, ...pulls.map(({ pull }) => pull.labels)];
  for (const list2 of lists) for (const { id, name } of list2?.nodes ?? []) memory.labelIds.set(name.toLowerCase(), id);
}

// src/adapters/github/perform-outcomes.ts
var NOT_ACCESSIBLE = /not accessible by integration/i;
var WORKFLOWS = /without `?workflows?`? (?:permission|scope)/i;
var NO_PULLS = /not permitted to create or approve pull requests/i;
function outcomeOf(error, needed) {
  if (!(error instanceof GitHubError) || error.ending.kind === "unauthorized") throw error;
  const { ending, because } = error;
  if (WORKFLOWS.test(because)) return { kind: "forbidden", permission: "workflows=write", because };
  if (NO_PULLS.test(because)) return { kind: "forbidden", permission: MAY_OPEN_PULLS, because };
  switch (ending.kind) {
    case "later":
      return { kind: "later", notBeforeMs: ending.notBeforeMs, because };
    case "forbidden":
      return {
        kind: "forbidden",
        permission: ending.permission ?? (NOT_ACCESSIBLE.test(because) ? needed : null),
        because
      };
    case "elsewhere":
    case "gone":
      return { kind: "elsewhere", because };
    case "refused":
      return { kind: "refused", because };
  }
}

// src/adapters/github/perform-document.ts
var WHAT2 = "Changing things on GitHub";
var MAX_WEIGHT = 12;
var MAX_SIZE = 4e5;
var IDEMPOTENT_REPEATS = 2;
var LOOK_AGAIN_MS = 5e3;
var Payloads = external_exports.record(external_exports.string(), external_exports.unknown());
async function sendMutations(sender, planned) {
  const outcomes = /* @__PURE__ */ new Map();
  let outage = null;
  for (const part of splitPlanned(planned)) {
    const replies = outage === null ? await sendDocument(sender, part) : repeatError(part, outage);
    outage ??= findOutage(replies);
    const judged = await judgeAll(part, replies);
    for (const [index2, { key }] of part.entries()) {
      const outcome = judged[index2];
      if (outcome !== void 0) outcomes.set(key, outcome);
    }
  }
  return outcomes;
}
function repeatError(part, error) {
  return part.map(() => [{ payload: null, error }]);
}
function findOutage(replies) {
  return replies.flat().find(({ error }) => error?.ending.kind === "later")?.error ?? null;
}
function readPayload(payload, reply, sender) {
  const parsed = payload.safeParse(reply.payload);
  if (parsed.success) return parsed.data;
  throw unclear(sender, "the answer is not as documented");
}
function unclear({ clock }, because) {
  const notBeforeMs = clock.now() + LOOK_AGAIN_MS;
  return new GitHubError(WHAT2, { ending: { kind: "later", notBeforeMs, mayStand: true, isLimit: false }, because });
}
function splitPlanned(planned) {
  const parts = [];
  let [weight, size] = [0, 0];
  for (const one2 of planned) {
    const own3 = measure(one2);
    const last = parts.at(-1);
    if (last === void 0 || weight + one2.weight > MAX_WEIGHT || size + own3 > MAX_SIZE) {
      parts.push([one2]);
      [weight, size] = [one2.weight, own3];
      continue;
    }
    last.push(one2);
    weight += one2.weight;
    size += own3;
  }
  return parts;
}
function measure(planned) {
  const document3 = new GraphqlDocument("mutation", "Perform");
  planned.write(document3);
  return JSON.stringify(document3.finish().variables).length;
}
function judgeAll(part, replies) {
  return Promise.all(
    part.map(async (one2, index2) => {
      try {
        return await one2.judge(replies[index2] ?? []);
      } catch (error) {
        return outcomeOf(error, one2.needed);
      }
    })
  );
}
async function sendDocument(sender, part) {
  const document3 = new GraphqlDocument("mutation", "Perform");
  const aliases = [];
  let count = 0;
  for (const one2 of part) {
    const own3 = [];
    for (const field of one2.write(document3)) {
      const alias = `m${count++}`;
      document3.select(`${alias}: ${field}`);
      own3.push(alias);
    }
    aliases.push(own3);
  }
  try {
    const { data, errors } = await sender.client.graphql({
      kind: "mutation",
      ...document3.finish(),
      what: WHAT2,
      answer: Payloads,
      maxRepeats: part.every(({ isIdempotent }) => isIdempotent) ? IDEMPOTENT_REPEATS : 0
    });
    return aliases.map((own3) => own3.map((alias) => readReply(sender, { data, errors }, alias)));
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const isRefused = error.ending.kind !== "later" && error.ending.kind !== "unauthorized";
    return isRefused && part.length > 1 ? await sendApart(sender, part) : repeatError(part, error);
  }
}
async function sendApart(sender, part) {
  const replies = [];
  let outage = null;
  for (const one2 of part) {
    const own3 = outage === null ? await sendDocument(sender, [one2]) : repeatError([one2], outage);
    outage ??= findOutage(own3);
    replies.push(...own3);
  }
  return replies;
}
function readReply(sender, { data, errors }, alias) {
  const payload = data[alias] ?? null;
  const failed = errors.find(({ path }) => path[0] === alias) ?? (payload === null ? errors.find(({ path }) => path.length === 0) : void 0);
  if (failed !== void 0) return { payload: null, error: sender.client.errorOf(WHAT2, failed.failure) };
  if (payload === null) return { payload, error: unclear(sender, "GitHub did not say what became of it") };
  return { payload, error: null };
}

// src/adapters/github/perform-branches.ts
var CONTENTS = "contents=write";
var MOVES_PER_WEIGHT = 4;
var MERGE_WEIGHT = 3;
function planMoves(context, { key, moves }) {
  return {
    key,
    weight: Math.ceil(moves.length / MOVES_PER_WEIGHT),
    // The second time the branches are not where they were.
    isIdempotent: false,
    needed: CONTENTS,
    write: (document3) => [updateRefs(document3, context, moves)],
    judge: ([reply]) => judgeMoves(context, moves, reply)
  };
}
function planTrial(context, effect) {
  const { key, branch, from, onto, head, message } = effect;
  const moves = from === onto ? [] : [{ branch, from, to: onto, force: true }];
  return {
    key,
    weight: MERGE_WEIGHT,
    isIdempotent: false,
    needed: CONTENTS,
    write(document3) {
      const input = { repositoryId: context.repositoryId, base: branch, head, commitMessage: message };
      const merge = `mergeBranch(input: ${document3.variable("MergeBranchInput!", input)}) {
  mergeCommit { oid tree { oid } parents(first: 3) { nodes { oid } } }
}`;
      return moves.length === 0 ? [merge] : [updateRefs(document3, context, moves), merge];
    },
    async judge(replies) {
      const merged = replies.at(-1);
      const moved = moves.length === 0 ? null : replies[0];
      if (moved?.error == null) return judgeMerge(context, effect, merged);
      const outcome = await judgeMoves(context, moves, moved);
      return outcome.kind === "done" ? elsewhere(`the branch ${branch} was put at its base by somebody else`) : outcome;
    }
  };
}
function updateRefs(document3, { repositoryId }, moves) {
  const refUpdates = moves.map(({ branch, from, to, force }) => ({
    name: `refs/heads/${branch}`,
    beforeOid: from ?? nothingLike(to),
    afterOid: to ?? nothingLike(from),
    force: force || to === null
  }));
  return `updateRefs(input: ${document3.variable("UpdateRefsInput!", { repositoryId, refUpdates })}) { clientMutationId }`;
}
function nothingLike(like) {
  return "0".repeat(like?.length ?? 40);
}
async function judgeMoves(context, moves, reply) {
  if (reply === void 0 || reply.error === null) return { kind: "done" };
  const outcome = outcomeOf(reply.error, CONTENTS);
  if (outcome.kind !== "refused") return outcome;
  const tips = await readTips(context, moves);
  if (moves.every(({ to }, index2) => tips[index2] === to)) return { kind: "done" };
  const moved = moves.find(({ from }, index2) => tips[index2] !== from);
  return moved === void 0 ? outcome : elsewhere(`the branch ${moved.branch} is not where it was: ${outcome.because}`);
}
var Tip2 = external_exports.object({ target: external_exports.object({ oid: CommitName }).nullable() }).nullish();
var TipsAnswer = external_exports.object({ repository: external_exports.record(external_exports.string(), Tip2).nullable() });
async function readTips({ client, memory }, moves) {
  const document3 = new GraphqlDocument("query", "LookAtBranches");
  const fields = moves.map(
    ({ branch }, index2) => `r${index2}: ref(qualifiedName: ${document3.variable("String!", `refs/heads/${branch}`)}) { target { oid } }`
  );
  const { owner, name } = memory.address;
  const [ownerVariable, nameVariable] = [document3.variable("String!", owner), document3.variable("String!", name)];
  document3.select(`repository(owner: ${ownerVariable}, name: ${nameVariable}) {
${fields.join("\n")}
}`);
  const { data } = await client.graphql({
    kind: "query",
    ...document3.finish(),
    what: "Reading where branches are",
    answer: TipsAnswer
  });
  return moves.map((_, index2) => data.repository?.[`r${index2}`]?.target?.oid ?? null);
}
var MergePayload = external_exports.object({
  mergeCommit: external_exports.object({
    oid: CommitName,
    tree: external_exports.object({ oid: TreeName }),
    parents: external_exports.object({ nodes: nodesOf(external_exports.object({ oid: CommitName })) })
  }).nullable()
});
function judgeMerge(context, { branch, onto, head }, reply) {
  const contained = {
    kind: "refused",
    because: `the base ${onto} contains the head ${head} already, so that there is nothing to merge`
  };
  if (reply === void 0) return elsewhere(`nothing was merged into the branch ${branch}`);
  if (reply.error !== null) {
    const { because } = reply.error;
    if (/merge conflict/i.test(because)) return { kind: "trial-conflict" };
    if (/already merged|already up.to.date/i.test(because)) return contained;
    return outcomeOf(reply.error, CONTENTS);
  }
  const { mergeCommit } = readPayload(MergePayload, reply, context);
  if (mergeCommit === null) return contained;
  const parents = mergeCommit.parents.nodes.map(({ oid }) => oid);
  if (parents.length !== 2 || parents[0] !== onto || parents[1] !== head)
    return elsewhere(`the merge on the branch ${branch} is of ${parents.join(" and ")}`);
  return { kind: "trial-made", commitSha: mergeCommit.oid, tree: mergeCommit.tree.oid };
}
function elsewhere(because) {
  return { kind: "elsewhere", because };
}

// src/adapters/github/perform-checks.ts
var CHECKS = "checks=write";
async function planCheckRun(context, effect) {
  const { key, nodeId, headSha, output } = effect;
  const { repositoryId } = context;
  const shown = showOutput(effect, nodeId === null ? output.annotations : await findNew(context, nodeId, output));
  return {
    key,
    weight: 1,
    // One that is made twice is there twice, and so are the annotations of one that is written twice.
    isIdempotent: false,
    needed: CHECKS,
    write(document3) {
      if (nodeId === null) {
        const input2 = { repositoryId, headSha, ...shown };
        return [`createCheckRun(input: ${document3.variable("CreateCheckRunInput!", input2)}) { clientMutationId }`];
      }
      const input = { repositoryId, checkRunId: nodeId, ...shown };
      return [`updateCheckRun(input: ${document3.variable("UpdateCheckRunInput!", input)}) { clientMutationId }`];
    },
    judge: ([reply]) => reply?.error == null ? { kind: "done" } : outcomeOf(reply.error, CHECKS)
  };
}
function showOutput({ name, externalId, output }, annotations) {
  const { status, conclusion, title, summary, text: text3, actions } = output;
  return {
    name,
    externalId,
    status: status.toUpperCase(),
    ...conclusion === null ? {} : { conclusion: conclusion.toUpperCase() },
    output: {
      title,
      summary,
      text: text3,
      annotations: annotations.map(({ path, line, level, message }) => ({
        path,
        location: { startLine: line, endLine: line },
        annotationLevel: level.toUpperCase(),
        message
      }))
    },
    actions: actions.map(({ label, description, identifier }) => ({ label, description, identifier }))
  };
}
var AnnotationsAnswer = external_exports.object({
  node: external_exports.object({
    annotations: external_exports.object({
      nodes: nodesOf(
        external_exports.object({
          path: external_exports.string(),
          message: external_exports.string(),
          location: external_exports.object({ start: external_exports.object({ line: external_exports.number() }) })
        })
      )
    }).nullable()
  }).or(external_exports.object({}).transform(() => null)).nullable()
});
async function findNew({ client }, nodeId, { annotations }) {
  if (annotations.length === 0) return annotations;
  const { data } = await client.graphql({
    kind: "query",
    document: `query FindAnnotations($id: ID!) {
  node(id: $id) { ... on CheckRun { annotations(first: 100) { nodes { path message location { start { line } } } } } }
}`,
    variables: { id: nodeId },
    what: "Reading the annotations of a check run",
    answer: AnnotationsAnswer
  });
  const present = new Set(
    (data.node?.annotations?.nodes ?? []).map(
      ({ path, message, location }) => nameOf(path, location.start.line, message)
    )
  );
  return annotations.filter(({ path, line, message }) => !present.has(nameOf(path, line, message)));
}
function nameOf(path, line, message) {
  return JSON.stringify([path, line, message.trim()]);
}

// src/adapters/github/perform-comments.ts
var ISSUES = "issues=write";
async function planStatusComment(context, { key, nodeId, thread, body }) {
  if (nodeId !== null) return planEdit(key, nodeId, body);
  const found = await findOwnComment(context, thread, body);
  if (found.threadId === null) return goneThread(thread);
  return found.commentId === null ? planPost(context, found.threadId, { key, body }) : planEdit(key, found.commentId, body);
}
async function planAnswer(context, { key, thread, body, lookFirst }) {
  const known = context.memory.threadIds.get(thread);
  if (!lookFirst && known !== void 0) return planPost(context, known, { key, body });
  const found = await findOwnComment(context, thread, lookFirst ? body : null);
  if (found.threadId === null) return goneThread(thread);
  return found.commentId === null ? planPost(context, found.threadId, { key, body }) : { kind: "comment-posted", nodeId: found.commentId };
}
function planReaction({ key, commentNodeId, content: content3 }) {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: ISSUES,
    write(document3) {
      const input = { subjectId: commentNodeId, content: content3 };
      return [`addReaction(input: ${document3.variable("AddReactionInput!", input)}) { clientMutationId }`];
    },
    judge: doneUnlessFailed
  };
}
function planCloseIssue({ key, nodeId }) {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: ISSUES,
    write(document3) {
      const input = { issueId: nodeId, stateReason: "COMPLETED" };
      return [`closeIssue(input: ${document3.variable("CloseIssueInput!", input)}) { clientMutationId }`];
    },
    judge: doneUnlessFailed
  };
}
function doneUnlessFailed([reply]) {
  return reply?.error == null ? { kind: "done" } : outcomeOf(reply.error, ISSUES);
}
var PostPayload = external_exports.object({ commentEdge: external_exports.object({ node: external_exports.object({ id: external_exports.string() }) }) });
function planPost(context, threadId, { key, body }) {
  return {
    key,
    weight: 1,
    isIdempotent: false,
    needed: ISSUES,
    write(document3) {
      const input = { subjectId: threadId, body };
      return [`addComment(input: ${document3.variable("AddCommentInput!", input)}) { commentEdge { node { id } } }`];
    },
    judge([reply]) {
      if (reply === void 0) return { kind: "refused", because: "it was not asked for" };
      if (reply.error !== null) return outcomeOf(reply.error, ISSUES);
      return { kind: "comment-posted", nodeId: readPayload(PostPayload, reply, context).commentEdge.node.id };
    }
  };
}
function planEdit(key, nodeId, body) {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: ISSUES,
    write(document3) {
      const input = { id: nodeId, body };
      return [
        `updateIssueComment(input: ${document3.variable("UpdateIssueCommentInput!", input)}) { clientMutationId }`
      ];
    },
    judge: ([reply]) => reply?.error == null ? { kind: "comment-posted", nodeId } : outcomeOf(reply.error, ISSUES)
  };
}
function goneThread(thread) {
  return { kind: "elsewhere", because: `there is no issue or pull request #${thread}` };
}
var MAX_PAGES3 = 5;
var Thread = external_exports.object({
  id: external_exports.string(),
  comments: external_exports.object({
    pageInfo: BackwardPage,
    nodes: nodesOf(external_exports.object({ id: external_exports.string(), body: external_exports.string(), viewerDidAuthor: external_exports.boolean() }))
  }).optional()
});
var ThreadAnswer = external_exports.object({ repository: external_exports.object({ thread: Thread.nullable() }).nullable() });
var FIND = `query FindComment($owner: String!, $name: String!, $number: Int!, $before: String, $wants: Boolean!) {
  repository(owner: $owner, name: $name) {
    thread: issueOrPullRequest(number: $number) {
      ... on Issue { id comments(last: 100, before: $before) @include(if: $wants) { ...Page } }
      ... on PullRequest { id comments(last: 100, before: $before) @include(if: $wants) { ...Page } }
    }
  }
}
fragment Page on IssueCommentConnection {
  pageInfo { hasPreviousPage startCursor }
  nodes { id body viewerDidAuthor }
}`;
async function findOwnComment(context, thread, body) {
  const marker = body === null ? "" : firstLine(body);
  let before = null;
  for (let pages = 1; ; pages += 1) {
    const found = await readThread(context, { thread, before, wants: body !== null });
    if (found === null) return { threadId: null, commentId: null };
    context.memory.threadIds.set(thread, found.id);
    const { comments } = found;
    const own3 = comments?.nodes.findLast((one2) => one2.viewerDidAuthor && firstLine(one2.body) === marker);
    const isLast = comments === void 0 || !comments.pageInfo.hasPreviousPage || pages === MAX_PAGES3;
    if (own3 !== void 0 || isLast) return { threadId: found.id, commentId: own3?.id ?? null };
    before = comments.pageInfo.startCursor;
  }
}
async function readThread({ client, memory }, { thread, before, wants }) {
  const { owner, name } = memory.address;
  const { data } = await client.graphql({
    kind: "query",
    document: FIND,
    variables: { owner, name, number: thread, before, wants },
    what: "Looking for a comment of the app's own",
    answer: ThreadAnswer
  });
  return data.repository?.thread ?? null;
}
function firstLine(text3) {
  return text3.split(/\r?\n/, 1)[0] ?? "";
}

// src/adapters/github/perform-context.ts
function isOutcome(found) {
  return "kind" in found;
}
var RepositoryAnswer = external_exports.object({ repository: external_exports.object({ id: external_exports.string() }).nullable() });
async function readRepositoryId({ client, memory }) {
  if (memory.nodeId !== null) return memory.nodeId;
  const { owner, name } = memory.address;
  const what = "Reading the id of a repository";
  const { data } = await client.graphql({
    kind: "query",
    document: "query RepositoryId($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }",
    variables: { owner, name },
    what,
    answer: RepositoryAnswer
  });
  if (data.repository === null)
    throw new GitHubError(what, { ending: { kind: "gone" }, because: "it is not there for this installation" });
  memory.nodeId = data.repository.id;
  return memory.nodeId;
}

// src/core/hosted/leg-inputs.ts
var MAX_LEGS_LENGTH = 6e4;
function writeLegInputs(legs) {
  return JSON.stringify(legs.map(toLegInput));
}
function toLegInput({ task, attempt, generation, mode, headSha, runsOn }) {
  return { task, attempt, generation, mode, head: headSha, runs_on: [...runnerOf({ runsOn })] };
}
function withRunner(leg, ledger) {
  const task = taskOf(leg, ledger);
  return task?.runsOn === void 0 ? leg : { ...leg, runsOn: [...task.runsOn] };
}
function mayRun(ledger, leg, settings) {
  const task = taskOf(leg, ledger);
  return task === void 0 || findHostedGaps(task, settings).length === 0;
}
function taskOf(leg, { plan }) {
  return leg.work === "final" ? plan.tasks[0] : plan.tasks.find(({ id }) => id === leg.task);
}
function partLegs(legs, most) {
  const runs = [];
  let room = 0;
  for (const leg of legs) {
    const length = JSON.stringify(writeLegInputs([leg])).length;
    const last = runs.at(-1);
    if (last === void 0 || last.length >= most || length > room) {
      runs.push([leg]);
      room = MAX_LEGS_LENGTH - length;
    } else {
      last.push(leg);
      room -= length;
    }
  }
  return runs;
}

// src/adapters/github/perform-dispatch.ts
var ACTIONS = "actions=write";
var CLOCK_SLACK_MS = 10 * 6e4;
var MAX_RUNS = 1e3;
var READ_TRIES = 4;
var READ_WAIT_MS = 500;
var Run = external_exports.object({
  id: external_exports.number().int(),
  node_id: external_exports.string(),
  html_url: external_exports.string(),
  path: external_exports.string(),
  event: external_exports.string(),
  display_title: external_exports.string(),
  head_branch: external_exports.string().nullable(),
  actor: external_exports.object({ login: external_exports.string() }).nullish(),
  status: external_exports.string().nullable()
});
var Dispatched = external_exports.object({ workflow_run_id: external_exports.number().int() }).or(external_exports.unknown().transform(() => null));
async function dispatchRun(context, effect) {
  return orOutcome(async () => dispatchWanted(context, effect, await readWanted(context, effect)));
}
async function findOrDispatchRun(context, effect) {
  return orOutcome(async () => {
    const wanted = await readWanted(context, effect);
    const found = await orNoWorkflow(context, () => findRun(context, effect, wanted));
    if (found !== null && "kind" in found) return found;
    return found === null ? dispatchWanted(context, effect, wanted) : { kind: "run-named", run: toNamedRun(found) };
  });
}
async function dispatchWanted(context, effect, wanted) {
  const asked = await orNoWorkflow(context, () => askForRun(context, effect, wanted.branch));
  if ("kind" in asked) return asked;
  if (asked.runId === null) return laterBecause(context, "GitHub did not say which run it started");
  const run = await readRun(context, asked.runId);
  if (run === null) return laterBecause(context, `run ${asked.runId} was started and cannot be read yet`);
  if (isOwnRun(run, wanted)) return { kind: "run-named", run: toNamedRun(run) };
  const { workflow } = wanted;
  return {
    kind: "refused",
    because: `run ${run.id} that GitHub started is not of the workflow '${workflow}' by this app`
  };
}
async function orOutcome(run) {
  try {
    return await run();
  } catch (error) {
    const outcome = outcomeOf(error, ACTIONS);
    const isRead = outcome.kind === "forbidden" && outcome.permission === "actions=read";
    return isRead ? { ...outcome, permission: ACTIONS } : outcome;
  }
}
async function cancelRun({ client, clock, memory }, { runId }) {
  const { owner, name: repo } = memory.address;
  try {
    await client.rest({
      route: "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel",
      parameters: { owner, repo, run_id: runId },
      what: `Cancelling run ${runId}`,
      answer: external_exports.unknown()
    });
    return { kind: "done" };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.ending.kind === "gone" || error.status === 409 && /complete/i.test(error.because))
      return { kind: "done" };
    if (error.status === 409)
      return { kind: "later", notBeforeMs: clock.now() + CANCEL_AGAIN_MS, because: error.because };
    return outcomeOf(error, ACTIONS);
  }
}
var CANCEL_AGAIN_MS = 1e4;
async function askForRun({ client, memory, ledgerSha }, { workflow, nonce, legs }, branch) {
  const { owner, name: repo } = memory.address;
  const dispatched = await client.rest({
    route: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    parameters: {
      owner,
      repo,
      workflow_id: workflow,
      ref: branch,
      inputs: { plan: planOf(nonce), legs: writeLegInputs(legs), nonce, ledger: ledgerSha },
      return_run_details: true
    },
    what: `Dispatching the workflow '${workflow}'`,
    answer: Dispatched,
    // A second one would be a second run.
    maxRepeats: 0
  });
  return { runId: dispatched?.workflow_run_id ?? null };
}
function planOf(nonce) {
  return nonce.slice(0, Math.max(nonce.lastIndexOf("."), 0));
}
async function readRun({ client, clock, memory }, runId) {
  const { owner, name: repo } = memory.address;
  for (let tries = 1; ; tries += 1) {
    try {
      return await client.rest({
        route: "GET /repos/{owner}/{repo}/actions/runs/{run_id}",
        parameters: { owner, repo, run_id: runId },
        what: `Reading run ${runId}`,
        answer: Run
      });
    } catch (error) {
      if (!(error instanceof GitHubError) || error.ending.kind !== "gone") throw error;
      if (tries === READ_TRIES) return null;
    }
    await clock.sleep(READ_WAIT_MS * 2 ** (tries - 1));
  }
}
async function findRun({ client, memory }, { workflow, nonce, writtenAtMs }, wanted) {
  const { owner, name: repo } = memory.address;
  const since = new Date(writtenAtMs - CLOCK_SLACK_MS).toISOString().replace(/\.\d+Z$/, "Z");
  const isWanted = (run) => run.display_title.split(/\s+/).includes(nonce) && isOwnRun(run, wanted);
  let seen = 0;
  const found = await readPages(
    (next) => client.restPage({
      route: "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
      parameters: {
        owner,
        repo,
        workflow_id: workflow,
        event: "workflow_dispatch",
        created: `>=${since}`,
        per_page: PAGE_SIZE2,
        ...next
      },
      what: "Looking for a dispatched run",
      answer: external_exports.object({ workflow_runs: external_exports.array(Run) })
    }),
    ({ workflow_runs: runs }) => {
      seen += runs.length;
      return runs.filter(isWanted);
    },
    () => seen >= MAX_RUNS
  );
  const oldestFirst = found.toReversed();
  return oldestFirst.find(({ status }) => status !== "completed") ?? oldestFirst[0] ?? null;
}
function isOwnRun({ path, event, head_branch: headBranch, actor }, { workflow, branch, login }) {
  const file = path.split("@", 1)[0];
  return file === `.github/workflows/${workflow}` && event === "workflow_dispatch" && headBranch === branch && actor?.login.toLowerCase() === login.toLowerCase();
}
function toNamedRun({ id, node_id: nodeId, html_url: url }) {
  return { id, nodeId, url };
}
async function readWanted(context, { workflow }) {
  const { login } = await context.readApp();
  return { workflow, branch: await readDefaultBranch(context), login };
}
var RepositoryAnswer2 = external_exports.object({ default_branch: external_exports.string() });
async function readDefaultBranch({ client, memory }) {
  if (memory.defaultBranch !== null) return memory.defaultBranch;
  const { owner, name: repo } = memory.address;
  const { default_branch: name } = await client.rest({
    route: "GET /repos/{owner}/{repo}",
    parameters: { owner, repo },
    what: "Reading the default branch of a repository",
    answer: RepositoryAnswer2
  });
  const checked = readBranchName(name);
  if (!checked.ok)
    throw new GitHubError("Dispatching a workflow", {
      ending: { kind: "refused" },
      because: `the default branch ${quoteText(name)} cannot be used, since ${checked.because}`
    });
  memory.defaultBranch = checked.value;
  return checked.value;
}
var LATER_MS = 5e3;
function laterBecause({ clock }, because) {
  return { kind: "later", notBeforeMs: clock.now() + LATER_MS, because };
}
var REFUSALS = [
  [/disabled workflow|workflow (?:is|was|has been) disabled/i, "disabled"],
  [/\bactions\b.{0,40}\bdisabled\b/i, "actions-disabled"],
  [/does not have '?workflow_dispatch'? trigger/i, "no-trigger"],
  [/unexpected inputs|required input|for input '|up to \d+ `?inputs`?|workflow was not found at/i, "wrong-version"]
];
async function orNoWorkflow({ memory }, ask) {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const { because, ending } = error;
    if (ending.kind === "gone") return { kind: "no-workflow", code: "missing", because };
    if (ending.kind !== "refused" && ending.kind !== "forbidden") throw error;
    const code = REFUSALS.find(([words]) => words.test(because))?.[1];
    if (code !== void 0) return { kind: "no-workflow", code, because };
    if (!/no ref found/i.test(because)) throw error;
    memory.defaultBranch = null;
    return { kind: "elsewhere", because };
  }
}

// src/core/commands/labels.ts
var LABELS = [
  {
    name: "espalier",
    color: "2f6f4f",
    description: "On an issue: this is a plan, check it. On a pull request: made by Espalier.",
    role: "request",
    on: "both"
  },
  {
    name: "espalier:run",
    color: "1f883d",
    description: "Accept the plan as it stands and run it; the same as the command run.",
    role: "request",
    on: "plan"
  },
  {
    name: "espalier:pause",
    color: "bf8700",
    description: "The plan is paused while this is on; the same as the commands pause and resume.",
    role: "request",
    on: "plan"
  },
  {
    name: "espalier:waiting",
    color: "d0d7de",
    description: "Waits for another task, a lock or a free place.",
    role: "state",
    on: "both"
  },
  {
    name: "espalier:running",
    color: "0969da",
    description: "An agent, a test or a review is at work.",
    role: "state",
    on: "both"
  },
  {
    name: "espalier:queued",
    color: "8250df",
    description: "The gate is open; the change waits for its turn to land.",
    role: "state",
    on: "pull"
  },
  {
    name: "espalier:landed",
    color: "116329",
    description: "Landed on the base branch with a certificate; on a plan: all of it.",
    role: "state",
    on: "both"
  },
  {
    name: "espalier:cancelled",
    color: "6e7781",
    description: "Stopped by a person; the command retry starts it again.",
    role: "state",
    on: "both"
  },
  {
    name: "espalier:needs-attention",
    color: "cf222e",
    description: "Nothing goes on here until a person acts; the status comment says who and how.",
    role: "state",
    on: "both"
  }
];

// src/adapters/github/perform-labels.ts
var ISSUES2 = "issues=write";
var WHAT3 = "Setting labels";
var REPEATS = 2;
function planLabels(context, effect) {
  const { key, thread, add, remove } = effect;
  const { threadIds, labelIds } = context.memory;
  const labelableId = threadIds.get(thread);
  const [added, removed] = [add, remove].map((names) => names.map((name) => labelIds.get(name.toLowerCase())));
  if (labelableId === void 0 || added?.includes(void 0) || removed?.includes(void 0)) return null;
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: ISSUES2,
    write(document3) {
      const fields = [];
      if (add.length > 0) {
        const input = document3.variable("AddLabelsToLabelableInput!", { labelableId, labelIds: added });
        fields.push(`addLabelsToLabelable(input: ${input}) { clientMutationId }`);
      }
      if (remove.length > 0) {
        const input = document3.variable("RemoveLabelsFromLabelableInput!", { labelableId, labelIds: removed });
        fields.push(`removeLabelsFromLabelable(input: ${input}) { clientMutationId }`);
      }
      return fields;
    },
    async judge(replies) {
      const outcomes = replies.flatMap(({ error }) => error === null ? [] : [outcomeOf(error, ISSUES2)]);
      const [failed] = outcomes;
      if (failed === void 0) return { kind: "done" };
      if (failed.kind !== "elsewhere" && failed.kind !== "refused") return failed;
      for (const name of [...add, ...remove]) labelIds.delete(name.toLowerCase());
      return setLabels(context, effect);
    }
  };
}
var Label = external_exports.object({ node_id: external_exports.string(), name: external_exports.string() });
var Labels2 = external_exports.array(Label);
async function setLabels(context, { thread, add, remove }) {
  const { client, memory } = context;
  const { owner, name: repo } = memory.address;
  const parameters = { owner, repo, issue_number: thread };
  try {
    for (const name of add) await makeLabel(context, name);
    if (add.length > 0) {
      const set = await client.rest({
        route: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
        parameters: { ...parameters, labels: add },
        what: WHAT3,
        answer: Labels2,
        maxRepeats: REPEATS
      });
      for (const { name, node_id: nodeId } of set) memory.labelIds.set(name.toLowerCase(), nodeId);
    }
    for (const name of remove) await removeLabel(client, { ...parameters, name });
    return { kind: "done" };
  } catch (error) {
    return outcomeOf(error, ISSUES2);
  }
}
async function makeLabel({ client, memory }, name) {
  const spec = LABELS.find((label) => label.name === name);
  if (spec === void 0 || memory.labelIds.get(name.toLowerCase()) !== void 0) return;
  const { owner, name: repo } = memory.address;
  try {
    const { node_id: nodeId } = await client.rest({
      route: "POST /repos/{owner}/{repo}/labels",
      parameters: { owner, repo, name, color: spec.color, description: spec.description },
      what: WHAT3,
      answer: Label,
      maxRepeats: REPEATS
    });
    memory.labelIds.set(name.toLowerCase(), nodeId);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.status !== 422) throw error;
  }
}
async function removeLabel(client, parameters) {
  try {
    await client.rest({
      route: "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
      parameters,
      what: WHAT3,
      answer: external_exports.unknown(),
      maxRepeats: REPEATS
    });
  } catch (error) {
    if (!(error instanceof GitHubError) || error.ending.kind !== "gone") throw error;
  }
}

// src/adapters/github/perform-pulls.ts
var PULLS = "pull_requests=write";
var OPEN_WEIGHT = 2;
var OpenPayload = external_exports.object({ pullRequest: external_exports.object({ id: external_exports.string(), number: external_exports.number() }) });
function planOpenPull(context, effect) {
  const { key, branch, base, title, body } = effect;
  return {
    key,
    weight: OPEN_WEIGHT,
    isIdempotent: false,
    needed: PULLS,
    write(document3) {
      const input = {
        repositoryId: context.repositoryId,
        headRefName: branch,
        baseRefName: base,
        title,
        body
      };
      return [
        `createPullRequest(input: ${document3.variable("CreatePullRequestInput!", input)}) {
  pullRequest { id number }
}`
      ];
    },
    judge: ([reply]) => judgeOpened(context, effect, reply)
  };
}
async function judgeOpened(context, effect, reply) {
  if (reply?.error === null) {
    const { id, number } = readPayload(OpenPayload, reply, context).pullRequest;
    context.memory.threadIds.set(number, id);
    return { kind: "pull-opened", number, nodeId: id };
  }
  const outcome = reply === void 0 ? { kind: "refused", because: "it was not asked for" } : outcomeOf(reply.error, PULLS);
  if (outcome.kind !== "refused") return outcome;
  return await findOpenPull(context, effect) ?? outcome;
}
var OpenPulls = external_exports.object({
  repository: external_exports.object({
    ref: external_exports.object({
      associatedPullRequests: external_exports.object({
        nodes: nodesOf(external_exports.object({ id: external_exports.string(), number: external_exports.number(), baseRefName: external_exports.string() }))
      })
    }).nullable()
  }).nullable()
});
async function findOpenPull({ client, memory }, { branch, base }) {
  const { owner, name } = memory.address;
  const { data } = await client.graphql({
    kind: "query",
    document: `query FindPull($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $branch) {
      associatedPullRequests(first: 20, states: [OPEN]) { nodes { id number baseRefName } }
    }
  }
}`,
    variables: { owner, name, branch: `refs/heads/${branch}` },
    what: "Looking for a pull request",
    answer: OpenPulls
  });
  const found = data.repository?.ref?.associatedPullRequests.nodes.find(({ baseRefName }) => baseRefName === base);
  return found === void 0 ? null : { kind: "pull-opened", number: found.number, nodeId: found.id };
}
function planUpdatePull({ key, nodeId, body }) {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: PULLS,
    write(document3) {
      const input = { pullRequestId: nodeId, body };
      return [`updatePullRequest(input: ${document3.variable("UpdatePullRequestInput!", input)}) { clientMutationId }`];
    },
    judge: ([reply]) => reply?.error == null ? { kind: "done" } : outcomeOf(reply.error, PULLS)
  };
}
function planClosePull(context, { key, nodeId }) {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: PULLS,
    write(document3) {
      const input = { pullRequestId: nodeId };
      return [`closePullRequest(input: ${document3.variable("ClosePullRequestInput!", input)}) { clientMutationId }`];
    },
    async judge([reply]) {
      if (reply?.error == null) return { kind: "done" };
      const outcome = outcomeOf(reply.error, PULLS);
      if (outcome.kind !== "refused") return outcome;
      const pull = await readPullState(context, nodeId);
      return pull === null || pull.state !== "OPEN" ? { kind: "done" } : outcome;
    }
  };
}
var PullNode = external_exports.object({
  state: external_exports.enum(["OPEN", "CLOSED", "MERGED"]),
  headRefOid: external_exports.string(),
  baseRefName: external_exports.string(),
  baseRef: external_exports.object({ target: external_exports.object({ oid: external_exports.string() }).nullable() }).nullable(),
  isInMergeQueue: external_exports.boolean()
});
var PullAnswer = external_exports.object({ node: PullNode.or(external_exports.object({}).transform(() => null)).nullable() });
async function readPullState({ client }, nodeId) {
  const { data } = await client.graphql({
    kind: "query",
    document: `query LookAtPull($id: ID!) {
  node(id: $id) { ... on PullRequest { state headRefOid baseRefName baseRef { target { oid } } isInMergeQueue } }
}`,
    variables: { id: nodeId },
    what: "Reading where a pull request stands",
    answer: PullAnswer
  });
  return data.node;
}

// src/adapters/github/perform-landing.ts
var WEIGHT = 4;
async function planLanding(context, effect) {
  const { key, way, base, from, to, pullNodeId } = effect;
  const frame = { key, weight: WEIGHT, isIdempotent: false };
  if (way === "fast-forward") {
    const moves = [{ branch: base, from, to, force: false }];
    return {
      ...frame,
      needed: neededFor(way),
      write: (document3) => [updateRefs(document3, context, moves)],
      judge: ([reply]) => judgeMoves(context, moves, reply)
    };
  }
  if (pullNodeId === null) return { kind: "refused", because: `landing by '${way}' needs a pull request` };
  const known = way === "enqueue" ? null : await findStanding(context, effect, pullNodeId);
  if (known !== null) return known;
  return {
    ...frame,
    needed: neededFor(way),
    write: (document3) => [writeLanding(document3, effect, pullNodeId)],
    judge: ([reply]) => judgeLanding(context, effect, { reply, pullNodeId })
  };
}
function neededFor(way) {
  return way === "enqueue" ? "merge_queues=write" : "contents=write";
}
function writeLanding(document3, { way, to, title, message }, pullNodeId) {
  const pinned = { pullRequestId: pullNodeId, expectedHeadOid: to };
  if (way === "enqueue")
    return `enqueuePullRequest(input: ${document3.variable("EnqueuePullRequestInput!", pinned)}) { clientMutationId }`;
  const input = {
    ...pinned,
    mergeMethod: way.toUpperCase(),
    // A rebase keeps the messages of the commits.
    ...way === "rebase" ? {} : { commitHeadline: title, commitBody: message }
  };
  return `mergePullRequest(input: ${document3.variable("MergePullRequestInput!", input)}) { clientMutationId }`;
}
function planLeaving(context, { key, pullNodeId }) {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: "merge_queues=write",
    write(document3) {
      const input = { id: pullNodeId };
      return [
        `dequeuePullRequest(input: ${document3.variable("DequeuePullRequestInput!", input)}) { clientMutationId }`
      ];
    },
    async judge([reply]) {
      if (reply?.error == null) return { kind: "done" };
      const outcome = outcomeOf(reply.error, "merge_queues=write");
      if (outcome.kind !== "refused") return outcome;
      const pull = await readPullState(context, pullNodeId);
      return pull === null || !pull.isInMergeQueue ? { kind: "done" } : outcome;
    }
  };
}
async function judgeLanding(context, effect, { reply, pullNodeId }) {
  if (reply === void 0 || reply.error === null) return { kind: "done" };
  const outcome = outcomeOf(reply.error, neededFor(effect.way));
  return outcome.kind === "refused" ? await findStanding(context, effect, pullNodeId) ?? outcome : outcome;
}
async function findStanding(context, { way, from, to, base }, pullNodeId) {
  const elsewhere2 = (because) => ({ kind: "elsewhere", because });
  const pull = await readPullState(context, pullNodeId);
  if (pull === null) return elsewhere2("the pull request is gone");
  if (pull.state === "MERGED") return { kind: "done" };
  if (pull.state === "CLOSED") return elsewhere2("the pull request is closed");
  if (pull.headRefOid !== to) return elsewhere2(`the head of the pull request is ${pull.headRefOid}, not ${to}`);
  if (pull.baseRefName !== base) return elsewhere2(`the base of the pull request is not the branch ${base} any more`);
  if (way === "enqueue") return pull.isInMergeQueue ? { kind: "done" } : null;
  const tip = pull.baseRef?.target?.oid ?? null;
  return tip === from ? null : elsewhere2(`the branch ${base} is not at ${from} any more`);
}

// src/adapters/github/perform.ts
function openPerformer(parts) {
  return { perform: (effects, ledgerSha) => performAll(parts, effects, ledgerSha) };
}
async function performAll(parts, effects, ledgerSha) {
  const outcomes = /* @__PURE__ */ new Map();
  if (effects.length === 0) return outcomes;
  const repositoryId = await findRepositoryId(parts);
  if (isOutcome(repositoryId)) return new Map(effects.map(({ key }) => [key, repositoryId]));
  const context = { ...parts, repositoryId: repositoryId.id, ledgerSha };
  const ways = await Promise.all(effects.map((effect) => chooseWay(context, effect)));
  for (const way of ways) if (way.by === "nothing") outcomes.set(way.key, way.outcome);
  const planned = ways.flatMap((way) => way.by === "mutations" ? [way.planned] : []);
  const requests = ways.flatMap((way) => way.by === "requests" ? [way] : []);
  const done = await Promise.allSettled([sendMutations(parts, planned), runInTurn(requests)]);
  for (const one2 of done) {
    if (one2.status === "rejected") throw one2.reason;
    for (const [key, outcome] of one2.value) outcomes.set(key, outcome);
  }
  return outcomes;
}
async function findRepositoryId(parts) {
  try {
    return { id: await readRepositoryId(parts) };
  } catch (error) {
    return outcomeOf(error, "metadata=read");
  }
}
async function runInTurn(requests) {
  const outcomes = [];
  for (const { key, run } of requests) outcomes.push([key, await run()]);
  return outcomes;
}
async function chooseWay(context, effect) {
  const { key } = effect;
  const byRequests = (run) => ({ by: "requests", key, run });
  switch (effect.kind) {
    case "dispatch":
      return byRequests(() => dispatchRun(context, effect));
    case "find-or-dispatch":
      return byRequests(() => findOrDispatchRun(context, effect));
    case "cancel-run":
      return byRequests(() => cancelRun(context, effect));
    case "set-labels": {
      const planned = planLabels(context, effect);
      return planned === null ? byRequests(() => setLabels(context, effect)) : toWay(key, planned);
    }
    case "make-trial":
      return toWay(key, planTrial(context, effect));
    case "move-branches":
      return toWay(key, planMoves(context, effect));
    case "open-pull":
      return toWay(key, planOpenPull(context, effect));
    case "update-pull":
      return toWay(key, planUpdatePull(effect));
    case "close-pull":
      return toWay(key, planClosePull(context, effect));
    case "check-run":
      return toWay(key, await lookedFor(planCheckRun(context, effect), "checks=write"));
    case "status-comment":
      return toWay(key, await lookedFor(planStatusComment(context, effect), "issues=write"));
    case "answer":
      return toWay(key, await lookedFor(planAnswer(context, effect), "issues=write"));
    case "react":
      return toWay(key, planReaction(effect));
    case "close-issue":
      return toWay(key, planCloseIssue(effect));
    case "land":
      return toWay(key, await lookedFor(planLanding(context, effect), neededFor(effect.way)));
    case "dequeue":
      return toWay(key, planLeaving(context, effect));
  }
}
async function lookedFor(planned, needed) {
  try {
    return await planned;
  } catch (error) {
    return outcomeOf(error, needed);
  }
}
function toWay(key, planned) {
  return isOutcome(planned) ? { by: "nothing", key, outcome: planned } : { by: "mutations", planned };
}

// src/adapters/github/read-ledgers.ts
function openLedgerCache() {
  return {
    trees: new BoundedCache(MAX_CACHED_PATHS, (tree) => tree.size + 1),
    texts: new BoundedCache(MAX_CACHED_CHARACTERS, (text3) => text3.length + 100)
  };
}
var MAX_CACHED_CHARACTERS = 64 * 1024 * 1024;
var MAX_CACHED_PATHS = 2e5;
var MAX_BLOB_BYTES = 32 * 1024 * 1024;
var BLOBS_AT_ONCE = 100;
var MAX_DEPTH = 5;
var WHAT4 = "Reading a ledger";
var Entry = external_exports.lazy(
  () => external_exports.object({
    name: external_exports.string(),
    type: external_exports.string(),
    oid: external_exports.string(),
    object: external_exports.union([Blob, external_exports.object({ entries: external_exports.array(Entry).nullish() })]).nullish()
  })
);
var TreeAnswer = external_exports.object({
  repository: external_exports.object({ object: external_exports.object({ tree: external_exports.object({ entries: external_exports.array(Entry).nullable() }).optional() }).nullable() }).nullable()
});
var BlobsAnswer = external_exports.object({ repository: external_exports.record(external_exports.string(), Blob.nullable()).nullable() });
function openLedgerReader(client, memory, cache) {
  const { trees, texts } = cache;
  const source = () => ({ client, owner: memory.address.owner, name: memory.address.name });
  async function keepBlob(blob) {
    const bytes = await readBlobBytes(blob, MAX_BLOB_BYTES, source());
    if (bytes === null) throw tooLarge(blob);
    texts.set(blob.oid, new TextDecoder().decode(bytes));
  }
  async function askTree(at, withTexts) {
    const { data, errors } = await client.graphql({
      kind: "query",
      ...writeTreeQuery(source(), at, withTexts),
      what: WHAT4,
      answer: TreeAnswer,
      ...withTexts ? { maxRepeats: 0 } : {}
    });
    if (errors[0] !== void 0) throw client.errorOf(WHAT4, errors[0].failure);
    const entries = data.repository?.object?.tree?.entries ?? null;
    if (entries === null) throw goneError2(at);
    const tree = /* @__PURE__ */ new Map();
    for (const { path, entry } of listFiles(entries, "")) {
      tree.set(path, entry.oid);
      if (entry.object != null && "byteSize" in entry.object) await keepBlob(entry.object);
    }
    trees.set(at, tree);
    return tree;
  }
  async function readWhole(at) {
    try {
      return await askTree(at, true);
    } catch (error) {
      const isTooMuch = error instanceof GitHubError && error.ending.kind === "later" && !error.ending.isLimit;
      if (!isTooMuch) throw error;
    }
    return askTree(at, false);
  }
  async function readMissing(oids) {
    for (let from = 0; from < oids.length; from += BLOBS_AT_ONCE)
      for (const blob of await askBlobs(client, source(), oids.slice(from, from + BLOBS_AT_ONCE))) await keepBlob(blob);
  }
  let isCold = true;
  return {
    async readFiles(at) {
      const known = trees.get(at);
      const tree = known ?? (isCold ? await readWhole(at) : await askTree(at, false));
      isCold = false;
      const missing = [...new Set(tree.values())].filter((oid) => texts.get(oid) === void 0);
      await readMissing(missing);
      const files = {};
      for (const [path, oid] of tree)
        files[path] = texts.get(oid) ?? new TextDecoder().decode(await fetchBlob(oid, source()));
      return files;
    },
    readTree: async (at) => trees.get(at) ?? askTree(at, false),
    remember(at, tree, written) {
      trees.set(at, tree);
      for (const [oid, text3] of written) texts.set(oid, text3);
    }
  };
}
function writeTreeQuery({ owner, name }, at, withTexts) {
  const document3 = new GraphqlDocument("query", "ReadLedger");
  if (withTexts) document3.define(BLOB_FRAGMENT);
  const text3 = withTexts ? "...Blob" : "";
  let entries = "entries { name type oid }";
  for (let depth = 1; depth < MAX_DEPTH; depth += 1)
    entries = `entries { name type oid object { ${text3} ... on Tree { ${entries} } } }`;
  const variables = [document3.variable("String!", owner), document3.variable("String!", name)];
  const object = `object(oid: ${document3.variable("GitObjectID!", at)}) { ... on Commit { tree { ${entries} } } }`;
  document3.select(`repository(owner: ${variables[0]}, name: ${variables[1]}) { ${object} }`);
  return document3.finish();
}
function* listFiles(entries, folder) {
  for (const entry of entries) {
    const path = `${folder}${entry.name}`;
    if (entry.type === "blob") yield { path, entry };
    if (entry.type !== "tree") continue;
    const inner = entry.object != null && "entries" in entry.object ? entry.object.entries ?? null : null;
    if (inner === null) throw strange(`its folder ${path.slice(0, 100)} is deeper than any of its own`);
    yield* listFiles(inner, `${path}/`);
  }
}
async function askBlobs(client, { owner, name }, oids) {
  const document3 = new GraphqlDocument("query", "ReadLedgerBlobs");
  document3.define(BLOB_FRAGMENT);
  const variables = [document3.variable("String!", owner), document3.variable("String!", name)];
  const fields = oids.map(
    (oid, index2) => `b${index2}: object(oid: ${document3.variable("GitObjectID!", oid)}) { ...Blob }`
  );
  document3.select(`repository(owner: ${variables[0]}, name: ${variables[1]}) {
${fields.join("\n")}
}`);
  const { data, errors } = await client.graphql({
    kind: "query",
    ...document3.finish(),
    what: WHAT4,
    answer: BlobsAnswer
  });
  if (errors[0] !== void 0) throw client.errorOf(WHAT4, errors[0].failure);
  return oids.map((oid, index2) => {
    const blob = data.repository?.[`b${index2}`] ?? null;
    if (blob?.oid === oid) return blob;
    throw strange(`its blob ${oid.slice(0, 12)} is not there`);
  });
}
function goneError2(at) {
  return new GitHubError(WHAT4, { ending: { kind: "gone" }, because: `there is no commit ${at.slice(0, 12)}` });
}
function strange(because) {
  return new GitHubError(WHAT4, { ending: { kind: "refused" }, because });
}
function tooLarge({ oid, byteSize }) {
  return strange(`its blob ${oid.slice(0, 12)} has ${byteSize} bytes, and at most ${MAX_BLOB_BYTES} are read`);
}

// src/adapters/github/write-ledgers.ts
import { randomUUID } from "node:crypto";
var WHAT5 = "Writing a ledger";
var MAX_TRIES = 4;
var MAX_HISTORY = 30;
var TRAILER = "Espalier-Write";
async function writeLedgers(parts, write) {
  try {
    return await moveLedgers(parts, write);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.ending.kind !== "forbidden") throw error;
    const ending = { ...error.ending, permission: "contents=write" };
    throw new GitHubError(WHAT5, { ending, because: error.because, status: error.status, cause: error });
  }
}
async function moveLedgers(parts, write) {
  const { plan, base, version, planFiles, queueFiles } = write;
  const subject = cleanLine(write.subject, 200) || "Update the ledger";
  const next = { ...version };
  if (planFiles !== null) {
    const branch = branchFor({ kind: "ledger", plan });
    const moved = await moveLedger(parts, version.plan, { branch, files: planFiles, subject, id: randomUUID() });
    if (moved === null) return { kind: "conflict" };
    next.plan = moved;
  }
  if (queueFiles !== null) {
    const branch = branchFor({ kind: "queue", base });
    const moved = await moveLedger(parts, version.queue, { branch, files: queueFiles, subject, id: randomUUID() });
    if (moved === null) return { kind: planFiles === null ? "conflict" : "partial" };
    next.queue = moved;
  }
  return { kind: "written", version: next };
}
async function moveLedger(parts, from, move) {
  return from === null ? createLedger(parts, move) : commitToLedger(parts, from, move);
}
function nameFiles(files, like) {
  const tree = /* @__PURE__ */ new Map();
  const texts = /* @__PURE__ */ new Map();
  for (const [path, text3] of Object.entries(files)) {
    const oid = blobId(Buffer.from(text3), like);
    tree.set(path, oid);
    texts.set(oid, text3);
  }
  return { tree, texts };
}
var CommitAnswer = external_exports.object({
  createCommitOnBranch: external_exports.object({ commit: external_exports.object({ oid: CommitName }).nullable() }).nullable()
});
var COMMIT_DOCUMENT = `mutation WriteLedger($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;
async function commitToLedger(parts, from, move) {
  const { client, memory, reader } = parts;
  const before = await reader.readTree(from);
  const { tree, texts } = nameFiles(move.files, from);
  const changed = [...tree].filter(([path, oid]) => before.get(path) !== oid).map(([path]) => path);
  const removed = [...before.keys()].filter((path) => !tree.has(path));
  if (changed.length === 0 && removed.length === 0) return from;
  const input = {
    branch: {
      repositoryNameWithOwner: `${memory.address.owner}/${memory.address.name}`,
      branchName: move.branch
    },
    expectedHeadOid: from,
    message: { headline: move.subject, body: `${TRAILER}: ${move.id}` },
    fileChanges: {
      additions: changed.map((path) => ({ path, contents: Buffer.from(move.files[path] ?? "").toString("base64") })),
      deletions: removed.map((path) => ({ path }))
    }
  };
  const written = await takeEffectOnce(parts, from, move, async () => {
    const { data, errors } = await client.graphql({
      kind: "mutation",
      document: COMMIT_DOCUMENT,
      variables: { input },
      what: WHAT5,
      answer: CommitAnswer
    });
    const oid = data.createCommitOnBranch?.commit?.oid;
    if (oid !== void 0) return oid;
    throw errors[0] === void 0 ? silentError() : client.errorOf(WHAT5, errors[0].failure);
  });
  if (written !== null) reader.remember(written, tree, texts);
  return written;
}
var Named = external_exports.object({ sha: CommitName });
async function createLedger(parts, move) {
  const { client, memory, reader } = parts;
  const address = { owner: memory.address.owner, repo: memory.address.name };
  const tree = await client.rest({
    route: "POST /repos/{owner}/{repo}/git/trees",
    parameters: {
      ...address,
      tree: Object.entries(move.files).map(([path, content3]) => ({ path, mode: "100644", type: "blob", content: content3 }))
    },
    what: WHAT5,
    answer: external_exports.object({ sha: external_exports.string() }),
    maxRepeats: 3
  });
  const { sha } = await client.rest({
    route: "POST /repos/{owner}/{repo}/git/commits",
    parameters: { ...address, message: `${move.subject}

${TRAILER}: ${move.id}`, tree: tree.sha, parents: [] },
    what: WHAT5,
    answer: Named,
    maxRepeats: 3
  });
  const written = await takeEffectOnce(parts, null, move, async () => {
    await client.rest({
      route: "POST /repos/{owner}/{repo}/git/refs",
      parameters: { ...address, ref: `refs/heads/${move.branch}`, sha },
      what: WHAT5,
      answer: external_exports.unknown()
    });
    return sha;
  });
  const named = nameFiles(move.files, sha);
  if (written !== null) reader.remember(written, named.tree, named.texts);
  return written;
}
async function takeEffectOnce(parts, from, move, write) {
  let isUnsure = false;
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      const { ending } = error;
      const isTaken = ending.kind === "elsewhere" || saysTaken(error) || ending.kind === "gone" && from !== null;
      const mayStand = ending.kind === "later" && ending.mayStand;
      if (!isTaken && !mayStand) throw error;
      if (isTaken && !isUnsure) return null;
      isUnsure = true;
      const { written, tip } = await findWrite(parts, move);
      if (written !== null) return written;
      if (tip !== from) return null;
      if (tries >= MAX_TRIES && isTaken) return null;
      if (tries >= MAX_TRIES) throw error;
      await parts.clock.sleep(500 * 2 ** tries);
    }
  }
}
function saysTaken({ status, because }) {
  return status === 422 && /reference already exists/i.test(because);
}
var HISTORY_DOCUMENT = `query FindWrite($owner: String!, $name: String!, $branch: String!, $first: Int!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $branch) {
      target { oid ... on Commit { history(first: $first) { nodes { oid message } } } }
    }
  }
}`;
var HistoryAnswer = external_exports.object({
  repository: external_exports.object({
    ref: external_exports.object({
      target: external_exports.object({
        oid: CommitName,
        history: external_exports.object({ nodes: external_exports.array(external_exports.object({ oid: CommitName, message: external_exports.string() }).nullable()) })
      }).nullable()
    }).nullable()
  }).nullable()
});
async function findWrite({ client, memory }, { branch, id }) {
  const { data, errors } = await client.graphql({
    kind: "query",
    document: HISTORY_DOCUMENT,
    variables: {
      owner: memory.address.owner,
      name: memory.address.name,
      branch: `refs/heads/${branch}`,
      first: MAX_HISTORY
    },
    what: "Looking whether a ledger was written",
    answer: HistoryAnswer
  });
  if (errors[0] !== void 0) throw client.errorOf("Looking whether a ledger was written", errors[0].failure);
  const target = data.repository?.ref?.target ?? null;
  const own3 = target?.history.nodes.find((commit) => commit?.message.includes(`${TRAILER}: ${id}`) === true) ?? null;
  return { written: own3?.oid ?? null, tip: target?.oid ?? null };
}
function silentError() {
  return new GitHubError(WHAT5, { ending: { kind: "refused" }, because: "GitHub answered without a commit" });
}

// src/adapters/github/open-forge.ts
var BEGIN_WITHIN_MS = 25e3;
function openForge(parts) {
  const { client, clock, memory, cache, readApp } = parts;
  const rules = openListedRules(client, clock);
  const reader = openLedgerReader(client, memory, cache);
  return {
    observe: (query, plan) => observePlan({ client, clock, memory, rules, readApp }, query, plan),
    readLedgerFiles: (at) => reader.readFiles(at),
    writeLedgers: (write) => writeLedgers({ client, clock, memory, reader }, write),
    async perform(effects, ledgerSha, notAfterMs = clock.now() + BEGIN_WITHIN_MS) {
      const performer = openPerformer({ client: client.until(notAfterMs), clock, memory, readApp });
      const outcomes = await performer.perform(effects, ledgerSha);
      for (const effect of effects) {
        const outcome = effect.kind === "land" ? outcomes.get(effect.key) : void 0;
        if (effect.kind === "land" && outcome?.kind !== "done") rules.forget(effect.base);
      }
      return outcomes;
    }
  };
}

// src/adapters/github/repository-memory.ts
function openRepositoryMemory(address) {
  return {
    address,
    nodeId: null,
    defaultBranch: null,
    lastBase: null,
    labelIds: new BoundedCache(1e3),
    threadIds: new BoundedCache(1e4),
    commandMarks: new BoundedCache(2e4),
    artifacts: new BoundedCache(5e4, (names) => names.size + 1)
  };
}

// src/adapters/github/forge-shelf.ts
var MAX_FORGES = 1e3;
function openForgeShelf(parts) {
  const { clientOf, ...shared } = parts;
  const cache = openLedgerCache();
  const kept = new BoundedCache(MAX_FORGES);
  return ({ installationId, repositoryId, owner, repo }) => {
    const key = `${installationId} ${repositoryId}`;
    const address = { id: repositoryId, owner, name: repo };
    const names = `${owner}/${repo}`;
    const known = kept.get(key);
    if (known !== void 0) {
      if (known.names !== names) Object.assign(known.memory, { address });
      known.names = names;
      return known.forge;
    }
    const memory = openRepositoryMemory(address);
    const forge = openForge({ ...shared, client: clientOf(installationId), memory, cache });
    kept.set(key, { forge, memory, names });
    return forge;
  };
}

// src/adapters/github/answer-headers.ts
function readQuota(headers) {
  const resource = { core: "rest", graphql: "graphql" }[String(headers["x-ratelimit-resource"])];
  const limit = readCount(headers["x-ratelimit-limit"]);
  const remaining = readCount(headers["x-ratelimit-remaining"]);
  const resetAt = readCount(headers["x-ratelimit-reset"]);
  if (resource === void 0 || limit === null || remaining === null || resetAt === null) return null;
  return { resource, quota: { limit, remaining, resetAtMs: resetAt * 1e3 } };
}
function laterQuota(known, seen) {
  if (known === null || seen.resetAtMs > known.resetAtMs) return seen;
  return seen.resetAtMs === known.resetAtMs && seen.remaining < known.remaining ? seen : known;
}
function readRetryAfterMs(headers) {
  const seconds = readCount(headers["retry-after"]);
  return seconds === null ? null : seconds * 1e3;
}
function readWantedPermission(headers) {
  const text3 = headers["x-accepted-github-permissions"];
  return typeof text3 === "string" && /^[a-z_]+=[a-z]+(?:[,;] ?[a-z_]+=[a-z]+){0,20}$/.test(text3) ? text3 : null;
}
function readNextPage(headers) {
  const link = /<([^<>]*)>;\s*rel="next"/.exec(String(headers["link"] ?? ""))?.[1];
  const query = new URLSearchParams(link?.slice(link.indexOf("?") + 1) ?? "");
  const next = ["page", "cursor"].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [[name, value]];
  });
  return next.length === 0 ? null : Object.fromEntries(next);
}
function readCount(value) {
  const count = typeof value === "number" ? value : Number(value ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}

// src/adapters/github/needed-permission.ts
var FIELDS = [
  [/^(?:statusCheckRollup|checkSuites?|contexts)$/, "checks=read"],
  [/^(?:runs\d+)$/, "actions=read"],
  [/^(?:mergeQueue|mergeQueueEntry)$/, "merge_queues=read"],
  [/^(?:pullRequests?|associatedPullRequests|p\d+|timelineItems|reviews)$/, "pull_requests=read"],
  [/^(?:issues?|statusComment|comments|labels|labelEvents)$/, "issues=read"],
  [/^(?:ref|refs|base|defaultBranchRef|ledger|queues?|object|target|file|[trcm]\d+)$/, "contents=read"]
];
function permissionToRead(path) {
  for (const name of path.toReversed()) {
    const found = FIELDS.find(([pattern]) => pattern.test(String(name)));
    if (found !== void 0) return found[1];
  }
  return null;
}

// src/adapters/github/retry-rules.ts
var MAX_WAIT_MS = 1e4;
var MAX_TRIES2 = 4;
var SECONDARY_WAIT_MS = 6e4;
var MAX_SECONDARY_WAIT_MS = 15 * 6e4;
var AFTER_OUTAGE_MS = 2e3;
var RESET_MARGIN_MS = 1e3;
var SECONDARY = /secondary rate limit|abuse detection|submitted too quickly|temporarily blocked from content creation/i;
var ARCHIVED = /archived so (?:it )?is read-only/i;
var STALE_TEXT = /not a fast.?forward|head branch was modified|base branch was modified|expected (?:branch|ref|head)|is at [0-9a-f]{40} but expected/i;
var ROWS = [
  { fits: (failure) => failure.kind === "held", verdict: waitForLimit },
  {
    fits: (failure) => failure.kind === "expired",
    verdict: (_failure, { nowMs }) => ({ kind: "later", notBeforeMs: nowMs, mayStand: false, isLimit: false })
  },
  { fits: (failure) => findLimit(failure) === "primary", verdict: waitForLimit },
  { fits: (failure) => findLimit(failure) === "secondary", verdict: waitForSecondary },
  {
    fits: ({ status }) => status === 401,
    verdict: (_failure, { tries }) => tries > 1 ? { kind: "unauthorized" } : { kind: "token" }
  },
  { fits: isOutage, verdict: repeatBroken },
  { fits: ({ message }) => ARCHIVED.test(message), verdict: () => ({ kind: "refused" }) },
  {
    fits: ({ status, type }) => status === 403 || type === "FORBIDDEN" || type === "INSUFFICIENT_SCOPES",
    verdict: ({ permission }) => ({ kind: "forbidden", permission })
  },
  { fits: ({ message }) => /repository is empty/i.test(message), verdict: () => ({ kind: "refused" }) },
  {
    fits: ({ status }) => status === 409,
    verdict: (_failure, repetition) => repetition.tries <= repetition.maxRepeats ? waitInTurn(repetition) : { kind: "elsewhere" }
  },
  {
    fits: ({ type, message }) => type === "STALE_DATA" || STALE_TEXT.test(message),
    verdict: () => ({ kind: "elsewhere" })
  },
  {
    fits: ({ status, type }) => status === 404 || status === 410 || status === 451 || type === "NOT_FOUND",
    verdict: () => ({ kind: "gone" })
  },
  { fits: () => true, verdict: () => ({ kind: "refused" }) }
];
function judgeFailure(failure, repetition) {
  for (const row of ROWS) if (row.fits(failure)) return row.verdict(failure, repetition);
  return { kind: "refused" };
}
function findLimit({
  kind,
  status,
  type,
  retryAfterMs,
  emptyUntilMs,
  message
}) {
  if (kind === "held" || kind === "expired") return null;
  if (SECONDARY.test(message)) return "secondary";
  if (status === 429 || status === 403 || type === "RATE_LIMITED") {
    if (emptyUntilMs !== null) return "primary";
    if (status !== 403 || retryAfterMs !== null) return "secondary";
  }
  return null;
}
function isOutage({ kind, status, type, message }) {
  if (kind === "timeout" || kind === "network" || kind === "misread") return true;
  if (status !== null && status >= 500) return true;
  return kind === "graphql" && type === null && /something went wrong|timed? ?out|couldn't respond/i.test(message);
}
function waitForLimit({ emptyUntilMs }, { nowMs, tries }) {
  const untilMs = Math.max(nowMs, emptyUntilMs ?? nowMs) + RESET_MARGIN_MS;
  if (untilMs - nowMs <= MAX_WAIT_MS && tries < MAX_TRIES2) return { kind: "again", waitMs: untilMs - nowMs };
  return { kind: "later", notBeforeMs: untilMs, mayStand: false, isLimit: true };
}
function waitForSecondary({ retryAfterMs }, { nowMs, tries }) {
  const waitMs = retryAfterMs ?? Math.min(SECONDARY_WAIT_MS * 2 ** (tries - 1), MAX_SECONDARY_WAIT_MS);
  if (waitMs <= MAX_WAIT_MS && tries < MAX_TRIES2) return { kind: "again", waitMs };
  return { kind: "later", notBeforeMs: nowMs + waitMs, mayStand: false, isLimit: true };
}
function repeatBroken(_failure, repetition) {
  const { maxRepeats, tries, nowMs } = repetition;
  if (tries <= maxRepeats) return waitInTurn(repetition);
  return { kind: "later", notBeforeMs: nowMs + AFTER_OUTAGE_MS, mayStand: maxRepeats === 0, isLimit: false };
}
function waitInTurn({ tries }) {
  return { kind: "again", waitMs: Math.min(500 * 4 ** (tries - 1), MAX_WAIT_MS) };
}

// src/adapters/github/read-answer.ts
var GraphqlErrors = external_exports.array(
  external_exports.object({
    type: external_exports.string().nullish(),
    message: external_exports.string(),
    path: external_exports.array(external_exports.union([external_exports.string(), external_exports.number()])).nullish()
  })
);
var GraphqlBody = external_exports.object({ data: external_exports.unknown().optional(), errors: GraphqlErrors.nullish() });
var NO_FACTS = {
  kind: "status",
  status: null,
  type: null,
  message: "",
  retryAfterMs: null,
  emptyUntilMs: null,
  permission: null
};
function checkShape(schema, data) {
  const parsed = schema.safeParse(data);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue === void 0 || issue.path.length === 0 ? "its whole" : issue.path.join(".");
  const isBroken = typeof data === "string" || data instanceof ArrayBuffer;
  const message = `the answer is not as documented at ${where}`;
  return { ok: false, failure: { ...NO_FACTS, kind: isBroken ? "misread" : "status", message } };
}
function readGraphqlAnswer(schema, { data, headers }, kind) {
  const body = checkShape(GraphqlBody, data);
  if (!body.ok) return body;
  const errors = (body.value.errors ?? []).map((error) => toGraphqlFailure(error, headers, kind));
  const [first] = errors;
  if (body.value.data === null || body.value.data === void 0)
    return {
      ok: false,
      failure: first?.failure ?? { ...NO_FACTS, kind: "misread", message: "an answer without data" }
    };
  const cut = errors.find(({ failure }) => isOutage(failure) || findLimit(failure) !== null);
  if (kind === "query" && cut !== void 0) return { ok: false, failure: cut.failure };
  const checked = checkShape(schema, body.value.data);
  if (checked.ok) return { ok: true, value: { data: checked.value, errors } };
  return first === void 0 ? checked : { ok: false, failure: first.failure };
}
function toGraphqlFailure({ type, message, path }, headers, kind) {
  const emptyUntilMs = type === "RATE_LIMITED" ? readEmptyUntilMs(headers) : null;
  return {
    path: path ?? [],
    failure: {
      ...NO_FACTS,
      kind: "graphql",
      type: type ?? null,
      message,
      emptyUntilMs,
      permission: type === "FORBIDDEN" && kind === "query" ? permissionToRead(path ?? []) : null
    }
  };
}
var EXPIRED = { ...NO_FACTS, kind: "expired", message: "its turn came after its time" };
function heldFailure(untilMs) {
  return { ...NO_FACTS, kind: "held", message: "a limit that was met before still holds", emptyUntilMs: untilMs };
}
function readFailure(error) {
  if (error instanceof RequestError && error.response !== void 0) {
    const { headers, data } = error.response;
    return {
      ...NO_FACTS,
      status: error.status,
      message: readMessage(data),
      retryAfterMs: readRetryAfterMs(headers),
      emptyUntilMs: readEmptyUntilMs(headers),
      permission: readWantedPermission(headers)
    };
  }
  const cause = error instanceof RequestError && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && (cause.name === "TimeoutError" || cause.name === "AbortError"))
    return { ...NO_FACTS, kind: "timeout", message: "no answer in time" };
  if (error instanceof RequestError) return { ...NO_FACTS, kind: "network", message: error.message };
  throw error;
}
var ErrorBody = external_exports.object({
  message: external_exports.string().optional(),
  errors: external_exports.array(external_exports.unknown()).optional()
});
function readMessage(data) {
  const body = ErrorBody.safeParse(data);
  if (!body.success) return typeof data === "string" && !data.trimStart().startsWith("<") ? data : "";
  const { message = "", errors = [] } = body.data;
  const parts = errors.map((one2) => {
    if (typeof one2 === "string") return one2;
    const told = ErrorBody.safeParse(one2);
    return (told.success ? told.data.message : void 0) ?? JSON.stringify(one2);
  });
  return [message, ...parts].filter((part) => part !== "").join(": ");
}
function readEmptyUntilMs(headers) {
  const seen = readQuota(headers);
  return seen !== null && seen.quota.remaining === 0 ? seen.quota.resetAtMs : null;
}

// src/adapters/github/github-client.ts
var API_VERSION = "2022-11-28";
var READ_REPEATS = 3;
var STALE_RIGHTS_MS = 6e4;
function openGitHubClient(parts) {
  return openCalls(parts, new RequestSender(parts), Number.POSITIVE_INFINITY);
}
function openCalls(parts, sender, notAfterMs) {
  const { octokit, graphqlUrl, timeouts } = parts;
  const send = (call, finish) => {
    const kind = call.route.startsWith("GET ") ? "read" : "write";
    return sender.run({
      what: call.what,
      kind,
      resource: "rest",
      maxRepeats: call.maxRepeats ?? (kind === "read" ? READ_REPEATS : 0),
      timeoutMs: timeouts.restMs,
      signal: call.signal,
      notAfterMs,
      send: (options) => octokit.request(call.route, { ...call.parameters, ...options }),
      read({ data, headers }) {
        const checked = checkShape(call.answer, data);
        return checked.ok ? { ok: true, value: finish(checked.value, headers) } : checked;
      }
    });
  };
  return {
    rest: (call) => send(call, (body) => body),
    restPage: (call) => send(call, (body, headers) => ({ body, next: readNextPage(headers) })),
    async graphql({ kind, document: document3, variables, what, answer, maxRepeats, signal }) {
      const answered = await sender.run({
        what,
        kind: kind === "query" ? "read" : "write",
        resource: "graphql",
        maxRepeats: maxRepeats ?? (kind === "query" ? READ_REPEATS : 0),
        timeoutMs: timeouts.graphqlMs,
        signal,
        notAfterMs,
        send: (options) => octokit.request({ method: "POST", url: graphqlUrl, query: document3, variables, ...options }),
        read: (raw) => readGraphqlAnswer(answer, raw, kind)
      });
      await sender.noteFailures(answered.errors.map(({ failure }) => failure));
      return answered;
    },
    until: (endMs) => openCalls(parts, sender, endMs),
    quota: () => ({ ...sender.quota }),
    errorOf: (what, failure) => sender.endingError(what, failure),
    describe: (failure) => describeFailure(failure, sender.secrets)
  };
}
var RequestSender = class {
  quota = { rest: null, graphql: null };
  /** What must appear in no text. */
  secrets = [];
  parts;
  constructor(parts) {
    this.parts = parts;
  }
  async run(sending) {
    const { clock, log, credential } = this.parts;
    for (let tries = 1; ; tries += 1) {
      sending.signal?.throwIfAborted();
      const tried = await this.tryOnce(sending);
      if (tried.ok) return tried.value;
      const { failure, token } = tried;
      const verdict = judgeFailure(failure, { maxRepeats: sending.maxRepeats, tries, nowMs: clock.now() });
      this.holdBack(sending.resource, failure, verdict);
      if (token !== null && verdict.kind === "token") credential.drop(token, 0);
      else if (token !== null && verdict.kind === "forbidden") credential.drop(token, STALE_RIGHTS_MS);
      if (verdict.kind !== "again" && verdict.kind !== "token") throw this.toError(sending.what, failure, verdict);
      const because = describeFailure(failure, this.secrets);
      log.warn("A request to GitHub is sent again", { what: sending.what, because, tries });
      if (verdict.kind === "again") await clock.sleep(verdict.waitMs, sending.signal);
    }
  }
  /** Takes to heart what single parts of an answer failed of: a limit, or a right that a fresh token may have. */
  async noteFailures(failures) {
    const { clock, credential } = this.parts;
    for (const failure of failures) {
      const verdict = judgeFailure(failure, { maxRepeats: 0, tries: Number.POSITIVE_INFINITY, nowMs: clock.now() });
      this.holdBack("graphql", failure, verdict);
      if (verdict.kind === "forbidden") credential.drop(await credential.get(), STALE_RIGHTS_MS);
    }
  }
  /** The error for a failure that is not repeated. */
  endingError(what, failure) {
    const verdict = judgeFailure(failure, {
      maxRepeats: 0,
      tries: Number.POSITIVE_INFINITY,
      nowMs: this.parts.clock.now()
    });
    const ending = verdict.kind === "again" || verdict.kind === "token" ? { kind: "refused" } : verdict;
    return this.toError(what, failure, ending);
  }
  /** Asking on while a limit holds makes it last longer, so that nobody else asks either. */
  holdBack(resource, failure, verdict) {
    const limit = findLimit(failure);
    if (limit === null) return;
    const { clock, pacer } = this.parts;
    if (verdict.kind === "again") pacer.hold(clock.now() + verdict.waitMs, limit === "primary" ? resource : "both");
    if (verdict.kind === "later") pacer.hold(verdict.notBeforeMs, limit === "primary" ? resource : "both");
  }
  toError(what, failure, ending) {
    return new GitHubError(what, { ending, because: describeFailure(failure, this.secrets), status: failure.status });
  }
  async tryOnce(sending) {
    const { pacer, credential, clock } = this.parts;
    const heldUntilMs = pacer.heldUntilMs(sending.resource);
    if (heldUntilMs !== null) return { ok: false, failure: heldFailure(heldUntilMs), token: null };
    const token = await credential.get();
    this.secrets = [token];
    try {
      const answer = await pacer.run(sending.kind, async () => {
        if (clock.now() > sending.notAfterMs) return null;
        return sending.send({
          headers: { authorization: `bearer ${token}`, "x-github-api-version": API_VERSION },
          request: { signal: boundTime(sending.timeoutMs, sending.signal) }
        });
      });
      if (answer === null) return { ok: false, failure: EXPIRED, token };
      this.noteQuota(answer.headers);
      const read = sending.read(answer);
      return read.ok ? read : { ...read, token };
    } catch (error) {
      sending.signal?.throwIfAborted();
      if (error instanceof RequestError && error.response !== void 0) this.noteQuota(error.response.headers);
      return { ok: false, failure: readFailure(error), token };
    }
  }
  noteQuota(headers) {
    const seen = readQuota(headers);
    if (seen !== null) this.quota[seen.resource] = laterQuota(this.quota[seen.resource], seen.quota);
  }
};
function boundTime(timeoutMs, signal) {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal === void 0 ? timeout : AbortSignal.any([signal, timeout]);
}

// node_modules/@octokit/plugin-request-log/dist-src/version.js
var VERSION = "6.0.0";

// node_modules/@octokit/plugin-request-log/dist-src/index.js
function requestLog(octokit) {
  octokit.hook.wrap("request", (request, options) => {
    octokit.log.debug("request", options);
    const start = Date.now();
    const requestOptions = octokit.request.endpoint.parse(options);
    const path = requestOptions.url.replace(options.baseUrl, "");
    return request(options).then((response) => {
      const requestId = response.headers["x-github-request-id"];
      octokit.log.info(
        `${requestOptions.method} ${path} - ${response.status} with id ${requestId} in ${Date.now() - start}ms`
      );
      return response;
    }).catch((error) => {
      const requestId = error.response?.headers["x-github-request-id"] || "UNKNOWN";
      octokit.log.error(
        `${requestOptions.method} ${path} - ${error.status} with id ${requestId} in ${Date.now() - start}ms`
      );
      throw error;
    });
  });
}
requestLog.VERSION = VERSION;

// node_modules/@octokit/rest/dist-src/version.js
var VERSION2 = "22.0.1";

// node_modules/@octokit/rest/dist-src/index.js
var Octokit2 = Octokit.plugin(requestLog, legacyRestEndpointMethods, paginateRest).defaults(
  {
    userAgent: `octokit-rest.js/${VERSION2}`
  }
);

// src/adapters/github/open-octokit.ts
var PUBLIC_API = "https://api.github.com";
var DEFAULT_TIMEOUTS = { restMs: 3e4, graphqlMs: 1e4 };
var USER_AGENT = "espalier";
function openOctokit({ fetch, log }, baseUrl) {
  return new Octokit2({
    baseUrl,
    userAgent: USER_AGENT,
    ...fetch === void 0 ? {} : { request: { fetch } },
    log: {
      debug: () => {
      },
      info: () => {
      },
      // Octokit's one warning is of an address that GitHub has announced to switch off.
      warn: (message) => log.warn("GitHub says that a request is deprecated", { message: cleanMessage(message, []) }),
      error: () => {
      }
    }
  });
}
function graphqlUrlOf(baseUrl) {
  return `${baseUrl.replace(/\/api\/v3\/?$/, "/api").replace(/\/$/, "")}/graphql`;
}

// src/adapters/github/request-pacer.ts
var DEFAULT_PACE = { maxAtOnce: 10, writeGapMs: 1e3 };
function openRequestPacer(clock, pace) {
  const held = { rest: 0, graphql: 0 };
  const waiting = [];
  let underWay = 0;
  let lastWrite = Promise.resolve();
  let lastWriteBeganMs = Number.NEGATIVE_INFINITY;
  async function takePlace() {
    if (underWay < pace.maxAtOnce) {
      underWay += 1;
      return;
    }
    await new Promise((resolve) => waiting.push(resolve));
  }
  function leavePlace() {
    const next = waiting.shift();
    if (next === void 0) underWay -= 1;
    else next();
  }
  async function runPlaced(send) {
    await takePlace();
    try {
      return await send();
    } finally {
      leavePlace();
    }
  }
  async function runWrite(send) {
    const waitMs = lastWriteBeganMs + pace.writeGapMs - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs);
    lastWriteBeganMs = clock.now();
    return runPlaced(send);
  }
  return {
    run(kind, send) {
      if (kind === "read") return runPlaced(send);
      const turn = lastWrite.then(() => runWrite(send));
      lastWrite = turn.catch(() => {
      });
      return turn;
    },
    heldUntilMs: (resource) => held[resource] > clock.now() ? held[resource] : null,
    hold(untilMs, resource) {
      if (resource !== "graphql") held.rest = Math.max(held.rest, untilMs);
      if (resource !== "rest") held.graphql = Math.max(held.graphql, untilMs);
    }
  };
}

export {
  APP_HOLDER,
  planIdOf,
  issueOf,
  toString,
  parseMarkdown,
  COMMANDS,
  formatCommand,
  describeUsage,
  readCommands,
  COMMAND_LIVES_MS,
  CommitName,
  TreeName,
  Time,
  Commit,
  GraphqlDocument,
  listOpenPlanIssues,
  readPullBranches,
  PAGE_SIZE2 as PAGE_SIZE,
  readPages,
  hasJobToken,
  MAY_OPEN_PULLS,
  GATE_CHECK,
  isOwnGate,
  asksForGate,
  findOwnGate,
  planGateCheck,
  GitHubError,
  BLOB_FRAGMENT,
  FileEntry,
  readBlobBytes,
  writeObserveQuery,
  withRunner,
  mayRun,
  partLegs,
  LABELS,
  openForgeShelf,
  openGitHubClient,
  Octokit2 as Octokit,
  PUBLIC_API,
  DEFAULT_TIMEOUTS,
  openOctokit,
  graphqlUrlOf,
  DEFAULT_PACE,
  openRequestPacer
};
