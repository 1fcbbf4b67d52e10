using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// Random changes of images that keep their class for a person. Images are not mirrored: a digit or a letter would become another.
/// The colours of pictures are changed if they say nothing about the class, so that a network does not memorise the colours of a few
/// pictures; otherwise they are kept.
/// </summary>
internal static class PictureChanges
{
    // By chance alone, the share of right answers exceeds the commonest class's by this many standard deviations once in a thousand sets.
    private const double Deviations = 3;

    // The mean and the deviation also show how large a thing is: colours count as telling the class only if they explain much of what the
    // commonest class leaves open.
    private const double LeastTold = 1 / 3.0;

    public static ImageAugmentation For(ImageInput image, ExampleSet train, LabelledData examples, TrainingReport report)
    {
        var (side, isFree) = (Math.Min(image.Rows, image.Columns), examples.ArePictures);
        var told = isFree ? ToldByColour(image, train, ((ClassOutput)examples.Output).Classes.Count) : (Right: 1, Commonest: 0);
        var chance = told.Commonest + Math.Max(Deviations * Math.Sqrt(told.Commonest * (1 - told.Commonest) / train.Rows),
            LeastTold * (1 - told.Commonest));
        var recolours = isFree && told.Right <= chance;
        if (isFree)
            report.Say(
                "In training the images are shifted, rotated and scaled a "
                    + $"little{(recolours ? ", and their colours changed, which say little about the class" : "; their colours say "
                        + "something about the class and are kept")} (--augment false turns this off).");
        return new ImageAugmentation(image.Rows, image.Columns, image.Channels)
        {
            Shift = Math.Max(1, side / (isFree ? 8f : 14f)),
            Rotation = 12,
            Scale = isFree ? 0.2f : 0.12f,
            Shear = 0.1f,
            RepeatEdges = isFree,
            Recolour = recolours,
        };
    }

    /// <summary>
    /// How often the mean and the deviation of an image's channels alone give its class, by the nearest of the classes' means without the
    /// image itself; and the commonest class's share.
    /// </summary>
    private static (double Right, double Commonest) ToldByColour(ImageInput image, ExampleSet train, int classes)
    {
        var (count, plane) = (2 * image.Channels, image.Rows * image.Columns);
        var (pixels, labels, features) = (new float[image.Channels * plane], new int[train.Rows], new double[train.Rows][]);
        train.Targets.CopyTo(labels.AsSpan());
        for (var row = 0; row < train.Rows; row++)
        {
            train.Inputs.GatherRows([row], pixels.AsSpan());
            features[row] = [.. Enumerable.Range(0, image.Channels).SelectMany(channel => Spread(pixels.AsSpan(channel * plane, plane)))];
        }
        for (var feature = 0; feature < count; feature++)
        {
            var mean = features.Average(one => one[feature]);
            var deviation = Math.Sqrt(features.Average(one => (one[feature] - mean) * (one[feature] - mean)));
            foreach (var one in features) one[feature] = deviation > 0 ? (one[feature] - mean) / deviation : 0;
        }
        var (sums, counts) = (new double[classes, count], new int[classes]);
        for (var row = 0; row < train.Rows; row++)
        {
            counts[labels[row]]++;
            for (var feature = 0; feature < count; feature++) sums[labels[row], feature] += features[row][feature];
        }
        var right = Enumerable.Range(0, train.Rows)
            .Count(row => Enumerable.Range(0, classes).Where(other => counts[other] > (other == labels[row] ? 1 : 0))
                .MinBy(other => Distance(row, other)) == labels[row]);
        return (right / (double)train.Rows, counts.Max() / (double)train.Rows);

        double Distance(int row, int other)
        {
            // Its own class without the image itself.
            var (own, sum) = (other == labels[row] ? 1 : 0, 0.0);
            for (var feature = 0; feature < count; feature++)
            {
                var mean = (sums[other, feature] - own * features[row][feature]) / (counts[other] - own);
                sum += (features[row][feature] - mean) * (features[row][feature] - mean);
            }
            return sum;
        }
    }

    private static double[] Spread(ReadOnlySpan<float> pixels)
    {
        double sum = 0, squares = 0;
        foreach (var pixel in pixels)
        {
            sum += pixel;
            squares += (double)pixel * pixel;
        }
        var mean = sum / pixels.Length;
        return [mean, Math.Sqrt(Math.Max(0, squares / pixels.Length - mean * mean))];
    }
}
