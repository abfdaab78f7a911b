// Reads what hdr_dump prints (one JSON object a line), records the same values with hdr-histogram-js, and compares
// everything: totals, mean, percentiles, and every bucket. Exit 1 and the differences when there are any.
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

const [dump, modules] = process.argv.slice(2);
// The package lies in the build folder, not beside this file.
const hdr = createRequire(path.join(modules, "x.js"))("hdr-histogram-js");

let compared = 0;
let different = 0;
function same(where, ours, theirs) {
  compared += 1;
  if (ours === theirs) return;
  different += 1;
  if (different <= 20) console.error(`${where}: ours ${ours}, hdr-histogram-js ${theirs}`);
}

for (const line of fs.readFileSync(dump, "utf8").split("\n").filter(Boolean)) {
  const ours = JSON.parse(line);
  const theirs = hdr.build({
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: ours.highest,
    numberOfSignificantValueDigits: ours.digits,
    useWebAssembly: false,
  });
  for (const value of ours.values) theirs.recordValue(value);
  const where = `${ours.name}, ${ours.digits} digits`;

  same(`${where}, total`, ours.total, theirs.totalCount);
  same(`${where}, max`, ours.max, theirs.maxValue);
  // Theirs knows the smallest value that is not 0, and whether there is a 0.
  const smallest = ours.total === 0 || theirs.getCountAtIndex(0) > 0 ? 0 : theirs.minNonZeroValue;
  same(`${where}, min`, ours.min, smallest);
  const close = Math.abs(ours.mean - theirs.mean) <= 1e-12 * theirs.mean;
  same(`${where}, mean`, close ? theirs.mean : ours.mean, theirs.mean);
  for (const [percentile, value] of ours.percentiles) {
    same(`${where}, p${percentile}`, value, theirs.getValueAtPercentile(percentile));
  }
  const counts = new Map(ours.buckets.map(([index, , , count]) => [index, count]));
  for (let index = 0; index < theirs.countsArrayLength; index += 1) {
    const count = theirs.getCountAtIndex(index);
    if (count > 0 || counts.has(index)) same(`${where}, bucket ${index}`, counts.get(index) ?? 0, count);
  }
  for (const [index, lowest, highest] of ours.buckets) {
    same(`${where}, bucket ${index} begins`, lowest, theirs.valueFromIndex(index));
    same(`${where}, bucket ${index} ends`, highest, theirs.highestEquivalentValue(lowest));
  }
}
console.log(`${compared} comparisons, ${different} differences`);
process.exit(different === 0 && compared > 100000 ? 0 : 1);
