using System.Reflection;
using SimpleFlow.Playground.Experiments;
using Xunit.Sdk;
using Xunit.v3;

namespace SimpleFlow.Playground.Tests;

/// <summary>Every value of every choice at least once, with others beside it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CombinatorialKindsAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var rows = Enumerable.Range(0, Enum.GetValues<ActivationKind>().Length).Select(i => (ITheoryDataRow)new TheoryDataRow(
            (ActivationKind)i, At<OptimizerKind>(i), At<ScheduleKind>(i), At<InitialKind>(i), 2 + i % 5));
        return ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([.. rows]);
    }

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;

    private static T At<T>(int index) where T : struct, Enum => Enum.GetValues<T>()[index % Enum.GetValues<T>().Length];
}
