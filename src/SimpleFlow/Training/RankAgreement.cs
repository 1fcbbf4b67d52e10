using System.Runtime.InteropServices;
using System.Text;

namespace SimpleFlow;

/// <summary>What the ranks of a cluster compare and agree on, so that a difference is an error and not a surprise.</summary>
internal static class RankAgreement
{
    /// <summary>Compares what each rank is about to do.</summary>
    /// <param name="cluster">The ranks.</param>
    /// <param name="facts">What must be the same everywhere, each with a name; on every rank the same names.</param>
    /// <exception cref="ClusterException">A rank has something else; all ranks get it.</exception>
    public static void Require(Cluster cluster, IReadOnlyList<(string Name, string Value)> facts)
    {
        var all = Texts(cluster, string.Join('\n', facts.Select(fact => $"{fact.Name}\t{fact.Value.ReplaceLineEndings(" ")}")))
            .ConvertAll(text => text.Split('\n'));
        var differences = new List<string>();
        for (var rank = 1; rank < all.Count; rank++)
        {
            for (var i = 0; i < Math.Max(all[0].Length, all[rank].Length); i++)
            {
                var (first, other) = (Fact(all[0], i), Fact(all[rank], i));
                if (first != other)
                    differences.Add($"{first.Name} is {other.Value} on rank {rank} and {first.Value} on rank 0");
            }
        }
        if (differences.Count > 0)
            throw new ClusterException($"The ranks are not about to train the same: {string.Join("; ", differences.Take(5))}. Start the "
                + "same program with the same data on all of them.");

        static (string Name, string Value) Fact(string[] lines, int index)
        {
            if (index >= lines.Length) return ("the number of facts", "smaller");
            var parts = lines[index].Split('\t', 2);
            return (parts[0], parts[^1]);
        }
    }

    /// <summary>Gives all ranks the variables of rank 0.</summary>
    public static void Share(Cluster cluster, IReadOnlyList<Variable> variables)
    {
        using var _ = VariableAccess.Writing(variables);
        foreach (var variable in variables) cluster.Broadcast(MemoryMarshal.AsBytes(variable.Memory.Span));
    }

    /// <summary>Compares the variables of all ranks by a hash.</summary>
    /// <exception cref="ClusterException">They differ; all ranks get it.</exception>
    public static void RequireSame(Cluster cluster, IReadOnlyList<Variable> variables, long step)
    {
        var hashes = variables.Select(variable => XxHash64.Of(MemoryMarshal.AsBytes(variable.Memory.Span))).ToArray();
        var all = Gather(cluster, hashes);
        for (var rank = 1; rank < cluster.Size; rank++)
        {
            var differing = Enumerable.Range(0, hashes.Length).Where(i => all[rank * hashes.Length + i] != all[i]).ToList();
            if (differing.Count > 0)
                throw new ClusterException($"After step {step}, `{variables[differing[0]].Name}` of rank {rank} is not that of rank 0"
                    + (differing.Count > 1 ? $", and so are {NumberText.Count(differing.Count - 1, "other variable")}" : "")
                    + ": the ranks have drifted apart. Something changes variables on one rank alone, such as a callback; or a machine "
                    + "computes other bits, such as one with another processor.");
        }
    }

    /// <summary>Whether rank 0 says so.</summary>
    public static bool OfFirst(Cluster cluster, bool own)
    {
        Span<byte> answer = [own ? (byte)1 : (byte)0];
        cluster.Broadcast(answer);
        return answer[0] == 1;
    }

    /// <summary>Whether any rank says so.</summary>
    public static bool OfAny(Cluster cluster, bool own) => Gather(cluster, [own ? 1UL : 0]).Contains(1UL);

    /// <summary>The error of the first rank that says where it begins, on all ranks.</summary>
    public static TrainingException OfError(Cluster cluster, TrainingException own)
    {
        var all = Texts(cluster, (own.Node is null ? "" : "!") + own.Message);
        var rank = Math.Max(0, all.FindIndex(text => text.StartsWith('!')));
        return rank == cluster.Rank ? own : new TrainingException($"{all[rank].TrimStart('!')}\nSo says rank {rank}, whose rows they are.")
        { Iteration = own.Iteration };
    }

    private static ulong[] Gather(Cluster cluster, ulong[] own)
    {
        var all = new ulong[own.Length * cluster.Size];
        cluster.AllGather(MemoryMarshal.AsBytes<ulong>(own), MemoryMarshal.AsBytes(all.AsSpan()));
        return all;
    }

    private static List<string> Texts(Cluster cluster, string own)
    {
        var bytes = Encoding.UTF8.GetBytes(own);
        var lengths = Gather(cluster, [(ulong)bytes.Length]);
        var longest = (int)lengths.Max();
        var all = new byte[longest * cluster.Size];
        cluster.AllGather([.. bytes, .. new byte[longest - bytes.Length]], all);
        return [.. lengths.Select((length, rank) => Encoding.UTF8.GetString(all, rank * longest, (int)length))];
    }
}
