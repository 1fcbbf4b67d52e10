using SimpleFlow.Compilation;

namespace SimpleFlow.Execution;

/// <summary>Checks whether a plan fits into memory, before its arena is allocated.</summary>
internal static class PlanMemory
{
    private const string Advice =
        "Feed fewer rows at a time (to accumulate the gradients of several batches: Fit(…, accumulate: …)), make the largest results "
            + "smaller, or use a machine with more memory.";

    /// <summary>Refuses a plan whose arena, together with the variables that have no elements yet, does not fit.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="replaced">The size of the memory that is given up for it, in floats.</param>
    /// <exception cref="MemoryException">It does not fit.</exception>
    public static void Require(Plan plan, long replaced)
    {
        MemoryBudget.RequireBlock(plan.ArenaLength, () => $"{Described(plan)} needs", Advice);
        var fresh = plan.Variables.Where(variable => !variable.HasMemory).ToList();
        MemoryBudget.RequireVariables(fresh, "The variables of a plan", Advice);
        MemoryBudget.Require(
            (plan.ArenaLength - replaced + fresh.Sum(variable => variable.Shape.ElementCount)) * sizeof(float),
            () => $"{Described(plan)} needs",
            Advice);
    }

    private static string Described(Plan plan)
    {
        var fed = string.Join(", ", plan.Placeholders.Select(placeholder => $"`{placeholder.Label}` {placeholder.Shape}"));
        var results = plan.Memory.Stays.Select(stay => stay.Node).Concat(plan.Placeholders).Concat(plan.Constants).ToList();
        return $"The plan{(fed.Length > 0 ? $" for {fed}" : "")}"
            + $"{(results.Count > 0 ? $", whose largest results are {MemoryBudget.Largest(results)}," : "")}";
    }
}
