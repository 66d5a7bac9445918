// Parts of ECharts that it always brings along and this page never uses: a quarter of the drawing code.
//
// The page draws lines and bars on axes of numbers, into SVG, without animation; tooltips and the mouse are its
// own. Each row says what stands in the place of a file. What must never be called says so when it is; what is
// called in passing does nothing. A name that a file has to export and a row lacks is an error of the build, and so
// is a row that no longer meets a file.
const nothing = (...names) => names.map(name => `export const ${name} = () => undefined`).join('\n')
const never = (...names) =>
  names.map(name => `export function ${name}() { throw new Error('${name} is not part of this page') }`).join('\n')
const neverDefault = never('leftOut') + '\nexport default leftOut'
const NOTHING = 'export default () => undefined'
const EMPTY = 'export default {}'

const animations = {
  'zrender/lib/animation/Animator.js': `${never('cloneValue')}\nexport default cloneValue`,
  'zrender/lib/svg/cssAnimation.js': nothing('createCSSAnimation'),
  'zrender/lib/svg/cssEmphasis.js': nothing('createCSSEmphasis'),
  'echarts/lib/chart/line/lineAnimationDiff.js': neverDefault,
  'echarts/lib/loading/default.js': NOTHING,
}

const pointing = {
  'zrender/lib/dom/HandlerProxy.js': 'export default class { dispose() {} }',
  'zrender/lib/core/GestureMgr.js': never('GestureMgr'),
  'zrender/lib/mixin/Draggable.js': 'export default class {}',
  'zrender/lib/contain/path.js': never('contain', 'containStroke'),
  'echarts/lib/component/tooltip/seriesFormatTooltip.js': never('defaultSeriesFormatTooltip'),
  'echarts/lib/util/ECEventProcessor.js': 'export class ECEventProcessor {}',
  'echarts/lib/legacy/dataSelectAction.js':
    nothing('handleLegacySelectEvents') + '\n' + never('createLegacyDataSelectAction'),
}

const otherAxes = {
  'echarts/lib/scale/Log.js': 'export default class {}',
  'echarts/lib/scale/Ordinal.js': 'export default class {}',
  'echarts/lib/data/OrdinalMeta.js': 'export default class {}',
  'echarts/lib/scale/Time.js': `${never('calcNiceForTimeScale')}\nexport default class {}`,
  'echarts/lib/util/time.js': never('format', 'pad', 'parseTimeAxisLabelFormatter', 'roundTime'),
  'echarts/lib/coord/axisAlignTicks.js': never('scaleCalcAlign'),
  'echarts/lib/component/axis/axisSplitHelper.js': nothing('rectCoordAxisBuildSplitArea', 'rectCoordAxisHandleRemove'),
}

const otherShapes = {
  'zrender/lib/graphic/helper/roundSector.js': never('buildPath'),
  'zrender/lib/graphic/helper/smoothBezier.js': neverDefault,
  'zrender/lib/tool/path.js': never('createFromString', 'extendFromString', 'mergePath', 'clonePath'),
  'echarts/lib/label/sectorLabel.js': never('createSectorCalculateTextPosition', 'setSectorTextRotation'),
  'echarts/lib/util/shape/sausage.js': 'export default class {}',
  'echarts/lib/util/decal.js': 'export const createOrUpdatePatternFromDecal = () => null',
}

// Other languages and themes, the options of old versions, tables that are turned into other tables.
const otherWays = {
  'echarts/lib/i18n/langEN.js': EMPTY,
  'echarts/lib/i18n/langZH.js': EMPTY,
  'echarts/lib/theme/dark.js': EMPTY,
  'echarts/lib/preprocessor/backwardCompat.js': NOTHING,
  'echarts/lib/processor/dataSample.js': 'export default seriesType => ({ seriesType, reset() {} })',
  'echarts/lib/data/helper/transform.js': never('applyDataTransform', 'registerExternalTransform'),
}

// Browsers have had a stable sort since 2019.
const builtIn = {
  'zrender/lib/core/timsort.js': 'export default (array, compare) => array.sort(compare)',
}

const UNUSED = { ...animations, ...pointing, ...otherAxes, ...otherShapes, ...otherWays, ...builtIn }

export const leaveOut = {
  name: 'leave out what is never used',
  setup(build) {
    const met = new Set()
    build.onLoad({ filter: /[\\/](echarts|zrender)[\\/]lib[\\/].*\.js$/ }, ({ path }) => {
      const name = path.replaceAll('\\', '/').split('node_modules/').at(-1)
      if (!Object.hasOwn(UNUSED, name)) return undefined
      met.add(name)
      return { contents: UNUSED[name], loader: 'js' }
    })
    // Another version may have moved one, and nobody would notice that it is back.
    build.onEnd(() => {
      const gone = Object.keys(UNUSED).filter(name => !met.has(name))
      return gone.length > 0 ? { errors: gone.map(name => ({ text: `${name} is not part of the page any more` })) } : {}
    })
  },
}
