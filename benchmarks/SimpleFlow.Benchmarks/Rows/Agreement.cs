namespace SimpleFlow.Benchmarks;

/// <summary>Before anything is timed: both sides must compute the same.</summary>
internal static class Agreement
{
    private const int Steps = 8;
    private const float Tolerance = 1e-3f;

    /// <exception cref="InvalidOperationException">The losses differ in one of the first steps.</exception>
    public static void Check(string name, IContestant ours, IContestant peer)
    {
        ours.Reset();
        peer.Reset();
        for (var step = 1; step <= Steps; step++)
        {
            ours.Run(1);
            peer.Run(1);
            if (!(MathF.Abs(ours.Loss - peer.Loss) <= Tolerance * MathF.Max(1, MathF.Abs(peer.Loss))))
                throw new InvalidOperationException(
                    $"{name}: the losses differ in step {step}, {ours.Loss} here and {peer.Loss} there. A comparison of their times would "
                        + "mean nothing.");
        }
    }
}
