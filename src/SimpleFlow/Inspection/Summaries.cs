namespace SimpleFlow;

public static partial class Inspection
{
    extension(Model model)
    {
        /// <summary>A table of the layers, their output shapes, and how many parameters each has.</summary>
        public string Summary() => LayerTable.Of(model);
    }
}
