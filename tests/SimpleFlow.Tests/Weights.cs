using System.Runtime.InteropServices;

namespace SimpleFlow.Tests;

/// <summary>All weights of a model, for comparisons bit by bit.</summary>
internal static class Weights
{
    public static float[] Of(Model model) => [.. model.Variables.SelectMany(variable => variable.Memory.Span.ToArray())];

    public static void AssertSame(float[] expected, float[] actual) =>
        Assert.Equal(MemoryMarshal.Cast<float, int>(expected.AsSpan()).ToArray(),
            MemoryMarshal.Cast<float, int>(actual.AsSpan()).ToArray());
}
