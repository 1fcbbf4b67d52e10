using System.Globalization;

namespace SimpleFlow;

/// <summary>What the steps of a fit with several ranks took on one of them, on average.</summary>
/// <param name="Ranks">How many ranks there were.</param>
/// <param name="Steps">How many steps.</param>
/// <param name="Step">How long a step took.</param>
/// <param name="Waiting">For how long of it the training waited for the sums of the others.</param>
/// <param name="Communicating">For how long sums were on their way, mostly while the training computed.</param>
/// <param name="BytesSent">How many bytes this rank sent for the sums of losses and gradients.</param>
/// <param name="BytesInRing">How many it must send in a ring: 2·(N − 1)/N of all of them.</param>
public sealed record ClusterProfile(
    int Ranks, long Steps, TimeSpan Step, TimeSpan Waiting, TimeSpan Communicating, double BytesSent, double BytesInRing)
{
    /// <summary>For how long of a step the rank computed.</summary>
    public TimeSpan Computing => Step - Waiting;

    /// <summary>The fraction of the communication during which the training computed, from 0 to 1.</summary>
    public double Hidden => Communicating <= TimeSpan.Zero ? 0
        : Math.Clamp((Communicating - Waiting) / Communicating, 0, 1);

    /// <summary>The same as <see cref="ToText"/>, for printing.</summary>
    public override string ToString() => ToText().TrimEnd();

    /// <summary>It in lines for people.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture,
        $"""
        a step on one of {Ranks} ranks, average of {Steps:N0}: {Step.TotalMilliseconds:F3} ms
        computing       {Computing.TotalMilliseconds,10:F3} ms
        waiting         {Waiting.TotalMilliseconds,10:F3} ms
        communicating   {Communicating.TotalMilliseconds,10:F3} ms, {Hidden:P0} of it while computing
        bytes sent      {BytesSent,10:N0}, and 2·(N − 1)/N of all in a ring are {BytesInRing:N0}

        """);
}
