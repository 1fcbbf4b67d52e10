using System.Globalization;

namespace SimpleFlow.Benchmarks;

/// <summary>What a process does that is timed by another: it reads what to do, does it, and says how many seconds it took.</summary>
internal static class Answers
{
    public const string Verb = "answer";

    /// <summary>Answers until nobody asks any more.</summary>
    public static bool RunChild(string[] args)
    {
        if (args is not [Verb, var row, var threads]) return false;
        using var contestant = Contestants.Of(int.Parse(row), int.Parse(threads));
        Console.WriteLine(0);
        while (Console.ReadLine() is { } asked)
        {
            var seconds = 0.0;
            if (asked.Length == 0) contestant.Reset();
            else seconds = contestant.Seconds(int.Parse(asked));
            Console.WriteLine(seconds.ToString("R", CultureInfo.InvariantCulture));
        }
        return true;
    }
}
