using System.Numerics.Tensors;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// Random changes of images that keep what they show: each image is shifted, rotated, scaled, sheared, bent, cropped and mirrored by new
/// random amounts in every epoch, all in one bilinear resampling, so that nothing is blurred twice. Pixels from beyond the edge are 0, or
/// with <see cref="RepeatEdges"/> those of the edge. <c>data.Augment(images, new ImageAugmentation(28, 28) { Shift = 2, Rotation = 10
/// })</c>
/// </summary>
/// <param name="rows">The height of the images in pixels.</param>
/// <param name="columns">Their width in pixels.</param>
/// <param name="channels">How many planes of that size an image has, one after the other; all change alike.</param>
public sealed class ImageAugmentation(int rows, int columns, int channels = 1) : Augmentation
{
    private const int ElasticDraws = 16;          // where those for bending begin
    private const float Grey = 0.5f, PalestContrast = 0.5f, BrightestContrast = 1.2f;
    private const long FewestDraws = 4096;        // enough for images of up to 294 × 294 pixels

    private readonly int _rows = AtLeastOne(rows, nameof(rows)), _columns = AtLeastOne(columns, nameof(columns)),
        _channels = AtLeastOne(channels, nameof(channels));

    /// <summary>The most pixels by which an image is shifted, up or down and to either side.</summary>
    public float Shift { get; init => field = Good(value, float.MaxValue); }

    /// <summary>The most degrees by which it is rotated, either way.</summary>
    public float Rotation { get; init => field = Good(value, 180); }

    /// <summary>The largest share by which it is enlarged or reduced: 0.1 for up to a tenth.</summary>
    public float Scale { get; init => field = Good(value, 0.9f); }

    /// <summary>The largest share of its height by which its upper edge is sheared against its lower one, either way.</summary>
    public float Shear { get; init => field = Good(value, 1); }

    /// <summary>About how many pixels its parts are displaced, each in its own direction and neighbours alike (after Simard,
    /// Steinkraus and Platt, "Best practices for convolutional neural networks", 2003).</summary>
    public float Elastic { get; init => field = Good(value, float.MaxValue); }

    /// <summary>The smallest share of each side that is kept when a part of the image is cropped and enlarged to its size;
    /// 1 keeps all.</summary>
    public float Crop
    {
        get;
        init => field = value is > 0 and <= 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The share that is kept must be above 0 and at most 1.");
    } = 1;

    /// <summary>Whether half of the images are mirrored, left for right.</summary>
    public bool Flip { get; init; }

    /// <summary>Whether half of the images are mirrored, top for bottom.</summary>
    public bool FlipVertically { get; init; }

    /// <summary>Whether pixels from beyond the edge repeat the nearest pixel of the image, rather than being 0: for photographs, whose
    /// edges are not background.</summary>
    public bool RepeatEdges { get; init; }

    /// <summary>
    /// Whether its colours change: red, green and blue are rotated at random about a middle grey of 0.5 and made paler or brighter; a grey
    /// image may become its negative. For images whose colours say nothing about what they show.
    /// </summary>
    public bool Recolour { get; init; }

    /// <summary>The side in pixels of a square that is blanked somewhere in the image (DeVries and Taylor, "Improved regularization of
    /// convolutional neural networks with cutout", 2017); 0 for none.</summary>
    public int Cutout
    {
        get;
        init => field = value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The side of the square must not be negative.");
    }

    /// <summary>How many of the stream's numbers belong to one image, in whole blocks of four.</summary>
    internal long DrawsOfAnImage
    {
        get
        {
            var (gridRows, gridColumns) = Bend.Grid(_rows, _columns);
            return Math.Max(FewestDraws, (ElasticDraws + 2L * gridRows * gridColumns + 3) / 4 * 4);
        }
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> row, Span<float> result, ulong seed, long draw, long index)
    {
        var plane = _rows * _columns;
        if (row.Length != plane * _channels || result.Length != row.Length)
            throw new DataException(
                $"An image of {_channels} × {_rows} × {_columns} pixels has {NumberText.Count(plane * _channels, "number")}, and this row "
                    + $"has {row.Length}.");
        var first = index * DrawsOfAnImage;
        var stream = RandomStreams.AugmentedImages[0];
        float Signed(int which) => 2 * Philox.Uniform(seed, stream, draw, first + which) - 1;
        bool Coin(int which) => Philox.Uniform(seed, stream, draw, first + which) < 0.5f;

        // Where a pixel of the result comes from: its distance from the middle, rotated, sheared and scaled, plus where the middle comes
        // from.
        var angle = Signed(0) * Rotation * MathF.PI / 180;
        var kept = 1 - (1 - Crop) * Philox.Uniform(seed, stream, draw, first + 1);
        var size = kept / (1 + Signed(2) * Scale);
        var slant = Signed(3) * Shear;
        var (across, down) = (Flip && Coin(4) ? -size : size, FlipVertically && Coin(5) ? -size : size);
        var (sin, cos) = MathF.SinCos(angle);
        var (xx, xy, yx, yy) = (cos * across, (slant * cos - sin) * down, sin * across, (slant * sin + cos) * down);
        var (middleX, middleY) = ((_columns - 1) / 2f, (_rows - 1) / 2f);
        var fromX = middleX + Signed(6) * (Shift + (1 - kept) * _columns / 2);
        var fromY = middleY + Signed(7) * (Shift + (1 - kept) * _rows / 2);

        var isBent = Elastic > 0;
        var bent = isBent ? new Bend(_rows, _columns, Elastic, seed, draw, first + ElasticDraws) : default;
        for (var y = 0; y < _rows; y++)
        {
            for (var x = 0; x < _columns; x++)
            {
                var (dx, dy) = (x - middleX, y - middleY);
                var (sourceX, sourceY) = (fromX + xx * dx + xy * dy, fromY + yx * dx + yy * dy);
                if (isBent)
                {
                    var (pushX, pushY) = bent.At(x, y);
                    sourceX += pushX;
                    sourceY += pushY;
                }
                for (var channel = 0; channel < _channels; channel++)
                    result[channel * plane + y * _columns + x] = Bilinear(row.Slice(channel * plane, plane), sourceX, sourceY);
            }
        }
        if (Recolour) Colour(result, plane, seed, draw, first);
        if (Cutout > 0) Blank(result, Signed(8), Signed(9));
    }

    // A rotation from three normal vectors (Gram and Schmidt); of a grey image from one, which leaves its sign.
    private void Colour(Span<float> result, int plane, ulong seed, long draw, long first)
    {
        var axes = new float[Math.Max(1, _channels * _channels + 3) / 4 * 4 + 4];
        Philox.FillNormal(axes, seed, RandomStreams.RecolouredImages[0], draw, first);
        for (var axis = 0; axis < _channels; axis++)
        {
            var own = axes.AsSpan(axis * _channels, _channels);
            for (var before = 0; before < axis; before++)
            {
                var other = axes.AsSpan(before * _channels, _channels);
                var shared = TensorPrimitives.Dot(own, other);
                for (var i = 0; i < own.Length; i++) own[i] -= shared * other[i];
            }
            var length = TensorPrimitives.Norm(own);
            for (var i = 0; i < own.Length; i++) own[i] = length > 0 ? own[i] / length : i == axis ? 1 : 0;
        }
        var contrast = PalestContrast
            + (BrightestContrast - PalestContrast) * Philox.Uniform(seed, RandomStreams.AugmentedImages[0], draw, first + 10);
        Span<float> colour = stackalloc float[_channels <= 16 ? _channels : 0];
        if (colour.Length < _channels) colour = new float[_channels];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            for (var channel = 0; channel < _channels; channel++) colour[channel] = result[channel * plane + pixel] - Grey;
            for (var channel = 0; channel < _channels; channel++)
                result[channel * plane + pixel] = Grey
                    + contrast * TensorPrimitives.Dot(axes.AsSpan(channel * _channels, _channels), colour);
        }
    }

    private float Bilinear(ReadOnlySpan<float> image, float x, float y)
    {
        if (RepeatEdges) (x, y) = (Math.Clamp(x, 0, _columns - 1), Math.Clamp(y, 0, _rows - 1));
        if (!(x > -1 && y > -1 && x < _columns && y < _rows)) return 0;
        var (left, top) = ((int)MathF.Floor(x), (int)MathF.Floor(y));
        var (right, low) = (x - left, y - top);
        var at = top * _columns + left;
        // For nearly all pixels, no neighbour is beyond the edge.
        if (unchecked((uint)left < (uint)(_columns - 1) && (uint)top < (uint)(_rows - 1)))
        {
            var upper = image[at] + right * (image[at + 1] - image[at]);
            var lower = image[at + _columns] + right * (image[at + _columns + 1] - image[at + _columns]);
            return upper + low * (lower - upper);
        }
        float one = 0, other = 0, third = 0, fourth = 0;
        if (top >= 0 && left >= 0) one = image[at];
        if (top >= 0 && left + 1 < _columns) other = image[at + 1];
        if (top + 1 < _rows && left >= 0) third = image[at + _columns];
        if (top + 1 < _rows && left + 1 < _columns) fourth = image[at + _columns + 1];
        return (one + right * (other - one)) * (1 - low) + (third + right * (fourth - third)) * low;
    }

    private void Blank(Span<float> result, float acrossDraw, float downDraw)
    {
        // The middle of the square lies anywhere in the image, so parts of it may lie beyond the edge.
        var (left, top) = ((int)MathF.Round((acrossDraw + 1) / 2 * (_columns - 1)) - Cutout / 2,
            (int)MathF.Round((downDraw + 1) / 2 * (_rows - 1)) - Cutout / 2);
        var (from, to) = (Math.Max(0, left), Math.Min(_columns, left + Cutout));
        for (var channel = 0; channel < _channels; channel++)
        {
            for (var y = Math.Max(0, top); y < Math.Min(_rows, top + Cutout);
            y++)
                result.Slice((channel * _rows + y) * _columns + from, to - from).Clear();
        }
    }

    private static float Good(float value, float most) =>
        value >= 0 && value <= most && float.IsFinite(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value,
                $"An amount of change must not be negative{(most < float.MaxValue ? $" and at most {most}" : "")}.");

    private static int AtLeastOne(int value, string name) =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "Images must have at least one pixel and one channel.");

    /// <summary>A smooth field of displacements: random at the points of a coarse grid, and cubic B-splines between them, which have no
    /// kinks.</summary>
    private readonly ref struct Bend
    {
        private const int Spacing = 7;
        private readonly int _columns;
        private readonly float[] _along;         // for each row of the grid and each pixel across: how far to the side, and how far down

        public Bend(int rows, int columns, float strength, ulong seed, long draw, long first)
        {
            _columns = columns;
            var (gridRows, gridColumns) = Grid(rows, columns);
            var points = new float[2 * gridRows * gridColumns];
            Philox.FillNormal(points, seed, RandomStreams.AugmentedImages[0], draw, first);
            _along = new float[2 * gridRows * columns];
            Span<float> weights = stackalloc float[4];
            for (var x = 0; x < columns; x++)
            {
                Weights(x, weights);
                for (var part = 0; part < 2 * gridRows; part++)
                {
                    var at = part * gridColumns + x / Spacing;
                    _along[part * columns + x] = 1.5f * strength * (weights[0] * points[at] + weights[1] * points[at + 1]
                        + weights[2] * points[at + 2] + weights[3] * points[at + 3]);
                }
            }
        }

        /// <summary>The points of the grid under an image.</summary>
        public static (int Rows, int Columns) Grid(int rows, int columns) => ((rows - 1) / Spacing + 4, (columns - 1) / Spacing + 4);

        /// <summary>The displacement at a pixel.</summary>
        public (float X, float Y) At(int x, int y)
        {
            Span<float> weights = stackalloc float[4];
            Weights(y, weights);
            var (half, at) = (_along.Length / 2, y / Spacing * _columns + x);
            var (across, down) = (0f, 0f);
            for (var i = 0; i < 4; i++)
            {
                across += weights[i] * _along[at + i * _columns];
                down += weights[i] * _along[half + at + i * _columns];
            }
            return (across, down);
        }

        private static void Weights(int position, Span<float> weights)
        {
            var t = position % Spacing / (float)Spacing;
            weights[0] = (1 - t) * (1 - t) * (1 - t) / 6;
            weights[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
            weights[2] = (-3 * t * t * t + 3 * t * t + 3 * t + 1) / 6;
            weights[3] = t * t * t / 6;
        }
    }
}
