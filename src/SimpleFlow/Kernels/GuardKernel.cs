using System.Numerics;

namespace SimpleFlow.Kernels;

/// <summary>
/// Checks whether the first inputs and the squares of all others are finite: the guard of a training step. Each part checks a piece of
/// every input and writes its answer to its own places.
/// </summary>
internal sealed unsafe class GuardKernel(Region[] inputs, int values, Region answers) : Kernel
{
    /// <summary>A gradient is multiplied by this before it is squared, so that a square that passes is a little below the largest
    /// float.</summary>
    public const float Margin = 1.01f;

    /// <summary>Whether every part found only finite values.</summary>
    public static bool Passes(Region answers) => !answers.Span.Contains(0);

    public override void Run(int part, int parts)
    {
        // If there are more parts than places for answers, the last ones have nothing to do.
        var working = Math.Min(parts, answers.Count);
        if (part >= working) return;
        var passes = true;
        for (var i = 0; i < inputs.Length && passes; i++)
        {
            var (start, end) = Piece(inputs[i].Count, part, working, grain: 16);
            passes = i < values ? AreFinite(inputs[i].Pointer + start, end - start)
                : SquaresAreFinite(inputs[i].Pointer + start, end - start);
        }
        for (var place = part; place < answers.Count; place += working) answers.Pointer[place] = passes ? 1 : 0;
    }

    // The loss, means and variances: a few numbers.
    private static bool AreFinite(float* from, int count)
    {
        var sum = 0f;
        for (var at = 0; at < count; at++) sum += from[at] * 0f;
        return sum == 0;
    }

    /// <summary>0 times a finite number is 0, otherwise NaN: so one sum of such products checks all of them, without a comparison for
    /// each.</summary>
    private static bool SquaresAreFinite(float* from, int count)
    {
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var width = Vector<float>.Count;
        var at = 0;
        for (; at <= count - 4 * width; at += 4 * width)
        {
            a += Zeros(Vector.Load(from + at));
            b += Zeros(Vector.Load(from + at + width));
            c += Zeros(Vector.Load(from + at + 2 * width));
            d += Zeros(Vector.Load(from + at + 3 * width));
        }
        var lanes = a + b + (c + d);
        var sum = 0f;
        for (var lane = 0; lane < width; lane++) sum += lanes[lane];
        for (; at < count; at++) sum += from[at] * Margin * from[at] * 0f;
        return sum == 0;
    }

    private static Vector<float> Zeros(Vector<float> gradient) => gradient * Margin * gradient * Vector<float>.Zero;
}
